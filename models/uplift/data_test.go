package uplift

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"verso/models/propensity"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s: got %.8g, want %.8g ± %g", what, got, want, tolerance)
	}
}

// hillstrom is the e-mail experiment of Hillstrom (2008) by segment: 64,000
// customers, a third each without e-mail and with one on men's or women's
// merchandise.
type hillstrom struct {
	segment []string
	x       propensity.Table
	visit   []float64
	convert []float64
	spend   []float64 // US dollars
}

func readHillstrom(t testing.TB) *hillstrom {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "hillstrom", "hillstrom.csv.gz"))
	if err != nil {
		t.Skip("the Hillstrom data set is not there: set VERSO_DATA")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	h := &hillstrom{}
	number := func(k int) (out []float64) {
		for _, r := range rows[1:] {
			v, err := strconv.ParseFloat(r[k], 64)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, v)
		}
		return out
	}
	for k, name := range rows[0] {
		switch name {
		case "segment":
			for _, r := range rows[1:] {
				h.segment = append(h.segment, r[k])
			}
		case "visit":
			h.visit = number(k)
		case "conversion":
			h.convert = number(k)
		case "spend":
			h.spend = number(k)
		case "recency", "history", "mens", "womens", "newbie":
			h.x = append(h.x, propensity.Column{Name: name, Numbers: number(k)})
		default:
			c := propensity.Column{Name: name}
			for _, r := range rows[1:] {
				c.Levels = append(c.Levels, r[k])
			}
			h.x = append(h.x, c)
		}
	}
	return h
}

// against are the customers of a segment and those without e-mail.
func (h *hillstrom) against(segment string, y []float64) Experiment {
	var rows []int
	for i, s := range h.segment {
		if s == segment || s == "No E-Mail" {
			rows = append(rows, i)
		}
	}
	all := Experiment{X: h.x, Treated: make([]bool, len(y)), Y: y}
	for i, s := range h.segment {
		all.Treated[i] = s == segment
	}
	return all.Take(rows)
}

// arms are the outcomes of a segment and of those without e-mail.
func (h *hillstrom) arms(segment string, y []float64) (treated, control Outcomes) {
	for i, s := range h.segment {
		switch s {
		case segment:
			treated.Y = append(treated.Y, y[i])
		case "No E-Mail":
			control.Y = append(control.Y, y[i])
		}
	}
	return treated, control
}
