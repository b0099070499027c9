package config

import "strconv"

// Landed says what the sources do not of the cost of bringing copies in:
//
//	landed:
//	  handling_per_copy: 2.5   # report currency for each copy sold; default 0
//	  grams_per_page: 1.5      # weight of titles without one, by their pages; default 1.5
//	  grams_per_copy: 600      # weight of titles without pages either; default 600
type Landed struct {
	HandlingPerCopy float64 `yaml:"handling_per_copy"`
	GramsPerPage    float64 `yaml:"grams_per_page"`
	GramsPerCopy    float64 `yaml:"grams_per_copy"`
}

// landed reads the section landed.
func (r *reader) landed(l *Landed, p place) {
	r.mapping(p, fields{
		"handling_per_copy": r.amount(&l.HandlingPerCopy, 0, 100_000),
		"grams_per_page":    r.amount(&l.GramsPerPage, 0.1, 100),
		"grams_per_copy":    r.amount(&l.GramsPerCopy, 1, 100_000),
	})
}

// amount reads a number between two bounds, both allowed.
func (r *reader) amount(to *float64, low, high float64) func(place) {
	return func(p place) {
		text, quoted, _ := scalar(p.value)
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || quoted {
			r.report(p.at(), "", "%s must be a number, not %s", p.path, describe(p.value))
			return
		}
		if !(n >= low && n <= high) {
			r.report(p.at(), "", "%s must be from %v to %v, not %s", p.path, low, high, text)
			return
		}
		*to = n
	}
}
