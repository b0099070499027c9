package compile

import "fmt"

// maxTop bounds the members of a ranking.
const maxTop = 10_000

// ranking keeps the first n members of the first row attribute.
type ranking struct {
	n      int
	by     *asked
	others bool
	bottom bool
}

// bindTop checks the ranking. Members are ranked over everything the filters
// keep, all columns together; equal members by their order; members without a
// value last.
func (p *plan) bindTop() error {
	t := p.query.Top
	if t == nil {
		return nil
	}
	switch {
	case len(p.rows) == 0:
		return refuse("top", "", "a ranking needs an attribute on the rows")
	case t.N < 1 || t.N > maxTop:
		return refuse("top", "", "n is %d; want 1 to %d", t.N, maxTop)
	}
	by, err := p.ask("top", t.By)
	if err != nil {
		return err
	}
	p.top = &ranking{n: t.N, by: by, others: t.Others, bottom: t.Bottom}
	return nil
}

func (p *plan) showTop() string {
	if p.top == nil {
		return ""
	}
	which, rest := "largest", "the rest left out of the rows"
	if p.top.bottom {
		which = "smallest"
	}
	if p.top.others {
		rest = "the rest in one row of its own"
	}
	return fmt.Sprintf("%d members of %s with the %s %s; %s", p.top.n, p.rows[0].name, which, p.top.by.ref, rest)
}
