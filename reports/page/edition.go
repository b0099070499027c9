package page

// Edition is what the front page of a site said.
type Edition struct {
	Run     string          `json:"run"`
	AsOf    string          `json:"as_of"`   // YYYY-MM-DD
	Period  [2]string       `json:"period"`  // first and last day of the year to date
	Figures []EditionFigure `json:"figures"` // of the year to date, exact
	// Place is where the whole edition stands, from the root of the site; "" where it
	// is not kept.
	Place string `json:"-"`
}

// EditionFigure is one measure of an edition, with all its decimals; "" for no data.
type EditionFigure struct {
	Measure string `json:"measure"`
	Value   string `json:"value"`
}

// Figure is the value of a measure; "" where the edition has none.
func (e Edition) Figure(measure string) string {
	for _, f := range e.Figures {
		if f.Measure == measure {
			return f.Value
		}
	}
	return ""
}
