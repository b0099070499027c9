package cold

import (
	"fmt"
	"math"
	"slices"
)

// Sales are the lines that customers bought: customer and title as dense
// indices from 0, one element a line in every slice.
type Sales struct {
	Customer []int32
	Title    []int32
	Copies   []float64 // negative for returns; nil counts every line as one copy
}

// baskets are the titles that each customer kept, ascending, and the customers
// of each title.
type baskets struct {
	of [][]int32 // customer → titles
	by [][]int32 // title → customers
}

// gather nets a customer's lines by title. A title counts once however many
// copies were bought of it: a taste is for titles, and 10,000 copies of a
// textbook are one. A title whose returns reach its copies does not count.
func gather(s Sales, customers, titles int) (*baskets, error) {
	if len(s.Title) != len(s.Customer) || s.Copies != nil && len(s.Copies) != len(s.Customer) {
		return nil, fmt.Errorf("cold: %d customers, %d titles and %d copies: give one of each a line", len(s.Customer), len(s.Title), len(s.Copies))
	}
	type line struct {
		title  int32
		copies float64
	}
	lines := make([][]line, customers)
	for i, c := range s.Customer {
		t, copies := s.Title[i], 1.
		if s.Copies != nil {
			copies = s.Copies[i]
		}
		switch {
		case c < 0 || int(c) >= customers:
			return nil, fmt.Errorf("cold: line %d is of customer %d: there are customers 0 to %d", i, c, customers-1)
		case t < 0 || int(t) >= titles:
			return nil, fmt.Errorf("cold: line %d is of title %d: there are titles 0 to %d", i, t, titles-1)
		case math.IsNaN(copies) || math.IsInf(copies, 0):
			return nil, fmt.Errorf("cold: line %d has %v copies: give a finite number", i, copies)
		}
		lines[c] = append(lines[c], line{t, copies})
	}
	b := &baskets{of: make([][]int32, customers)}
	for c, list := range lines {
		slices.SortFunc(list, func(x, y line) int {
			if x.title != y.title {
				return int(x.title) - int(y.title)
			}
			return compare(x.copies, y.copies)
		})
		for from := 0; from < len(list); {
			to, net := from, 0.
			for ; to < len(list) && list[to].title == list[from].title; to++ {
				net += list[to].copies
			}
			if net > 0 {
				b.of[c] = append(b.of[c], list[from].title)
			}
			from = to
		}
	}
	b.turn(titles)
	return b, nil
}

func compare(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// turn fills the customers of each title.
func (b *baskets) turn(titles int) {
	b.by = make([][]int32, titles)
	for c, list := range b.of {
		for _, t := range list {
			b.by[t] = append(b.by[t], int32(c))
		}
	}
}

// without leaves out some titles: they become new ones.
func (b *baskets) without(hidden []bool) *baskets {
	kept := &baskets{of: make([][]int32, len(b.of))}
	for c, list := range b.of {
		for _, t := range list {
			if !hidden[t] {
				kept.of[c] = append(kept.of[c], t)
			}
		}
	}
	kept.turn(len(b.by))
	return kept
}
