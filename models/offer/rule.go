package offer

import "math"

// Rule is one business rule and what it left out. A title that several rules
// would leave out counts for the first.
type Rule struct {
	Name   string // one word, the key of its texts
	Off    string // why the rule does not apply, as a key of texts; "" when it does
	Titles int    // titles left out for everybody
	Pairs  int    // candidates of customers left out beside these
}

// Names are the rules in the order in which they are applied. The last two come
// with the lists: the cap of a title and the spread over publishers.
func Names() []string {
	return []string{"status", "stock", "embargo", "margin", "textbook", "owned", "branch", "edition", "series", "budget", "territory", "title_cap", "publisher_cap"}
}

// Reasons why a rule is off.
const (
	NoData   = "no_data"    // nothing in the warehouse says it
	NotAsked = "not_chosen" // the option is not set
)

func (s *Set) named(name string) int {
	for no, n := range Names() {
		if n == name {
			return no
		}
	}
	return -1
}

// describe lists the rules with those that are off.
func (s *Set) describe() []Rule {
	off := map[string]string{}
	absent := func(name string, missing bool) {
		if missing {
			off[name] = NoData
		}
	}
	absent("status", s.t.Status == nil || all(s.t.Status, Unknown))
	absent("stock", s.t.Free == nil && off["status"] != "")
	absent("embargo", s.t.Embargo == nil)
	absent("margin", s.t.Margin == nil || none(s.t.Margin))
	absent("textbook", s.t.Textbook == nil || !s.o.TextbookKnown)
	absent("branch", s.c.Group == nil || all(s.c.Group, -1))
	absent("series", s.t.Series == nil || all(s.t.Series, -1))
	absent("budget", s.t.Price == nil || s.c.Left == nil || none(s.c.Left))
	absent("territory", s.t.Barred == nil || s.c.Territory == nil)
	absent("publisher_cap", s.t.Publisher == nil || all(s.t.Publisher, -1))
	if s.o.TitleCap <= 0 {
		off["title_cap"] = NotAsked
	}
	if s.o.MinMargin <= 0 && off["margin"] == "" {
		off["margin"] = NotAsked
	}
	var rules []Rule
	for _, name := range Names() {
		rules = append(rules, Rule{Name: name, Off: off[name]})
	}
	return rules
}

func all[T comparable](list []T, value T) bool {
	for _, v := range list {
		if v != value {
			return false
		}
	}
	return true
}

func none(list []float64) bool {
	for _, v := range list {
		if known(v) {
			return false
		}
	}
	return true
}

// leftOut is the first rule that bars a title for everybody, −1 for none.
func (s *Set) leftOut(i int32) int {
	on := func(no int) bool { return s.rules[no].Off == "" }
	free := math.NaN()
	if s.t.Free != nil {
		free = s.t.Free[i]
	}
	status := Unknown
	if s.t.Status != nil {
		status = s.t.Status[i]
	}
	if no := s.named("status"); on(no) && status == Cancelled {
		return no
	}
	// A title out of print can be had from stock alone. One of unknown state is
	// left to the stock where stock is counted.
	if no := s.named("stock"); on(no) && (status == OutOfPrint && !(free >= 1) || status == Unknown && free < 1) {
		return no
	}
	if no := s.named("embargo"); on(no) && s.t.Embargo[i] > s.o.Day {
		return no
	}
	if no := s.named("margin"); on(no) && s.t.Margin[i] < s.o.MinMargin {
		return no
	}
	if no := s.named("textbook"); on(no) && s.t.Textbook[i] && !s.o.TextbooksNow {
		return no
	}
	return -1
}

// refuses is the first rule that bars a candidate for a customer, −1 for none.
// A title barred for everybody is refused by the rule that bars it.
func (s *Set) refuses(u int, c Candidate) int {
	i := c.Title
	if s.static[i] {
		return s.leftOut(i)
	}
	if s.Owns(u, i) {
		return s.named("owned")
	}
	if no := s.named("branch"); s.rules[no].Off == "" && s.c.Group[u] >= 0 {
		for _, v := range s.holders[s.c.Group[u]] {
			if int(v) != u && s.Owns(int(v), i) {
				return no
			}
		}
	}
	if no := s.named("series"); s.rules[no].Off == "" && s.skips(u, i) {
		return no
	}
	if no := s.named("budget"); s.rules[no].Off == "" && s.t.Price[i] > s.c.Left[u] {
		return no
	}
	if no := s.named("territory"); s.rules[no].Off == "" {
		for _, t := range s.t.Barred[i] {
			if t == s.c.Territory[u] {
				return no
			}
		}
	}
	return -1
}

// Allows says whether no rule bars a title from a customer.
func (s *Set) Allows(u int, title int32) bool {
	return s.refuses(u, Candidate{Title: title}) < 0
}

// skips says whether a volume would leave a gap: who holds volumes of a series is
// offered only one whose predecessor he holds, as far as the catalogue knows it.
func (s *Set) skips(u int, i int32) bool {
	no := s.t.Series[i]
	if no < 0 || s.volumes[u] == nil {
		return false
	}
	before := volume{no, s.t.Volume[i] - 1}
	if !s.exists[before] || s.volumes[u][before] {
		return false
	}
	for v := range s.volumes[u] {
		if v.series == no {
			return true
		}
	}
	return false
}

// Follows says whether a customer holds the volume before a title.
func (s *Set) Follows(u int, i int32) bool {
	return s.t.Series != nil && s.t.Series[i] >= 0 && s.volumes[u] != nil && s.volumes[u][volume{s.t.Series[i], s.t.Volume[i] - 1}]
}
