package main

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
)

// memberResult is one cube measure, attribute, hierarchy or calculated member,
// asked and proved.
type memberResult struct {
	Cube   string `json:"cube"`
	Member string `json:"member"`
	Proof  string `json:"proof"`            // runs, or adds up
	Absent string `json:"absent,omitempty"` // why there is nothing to run it on, such as a skipped model
	Error  string `json:"error,omitempty"`
}

// What is proved of a member.
const (
	runs   = "runs"    // it compiles and is answered
	addsUp = "adds up" // and its parts are the whole, each member once
)

// maxListed is how many members are listed to be added up; of more the first are,
// and the others in one row.
const maxListed = 1_000_000

// cubeChecker asks one cube for everything that it declares.
type cubeChecker struct {
	ctx      context.Context
	olap     *olap.Olap
	cube     *cube.Cube
	measures []string   // the first additive measure of every cube whose facts they are
	whole    []*big.Rat // their values over everything
	results  []memberResult
}

// checkMembers asks cubes for every measure, attribute, hierarchy and calculated
// member, and proves that the members of each attribute are all of the facts, each
// once. Several cubes are asked at a time; the results are in the order of the cubes.
func checkMembers(ctx context.Context, o *olap.Olap, cubes []*cube.Cube) []memberResult {
	checkers := make([]*cubeChecker, len(cubes))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, c := range cubes {
		checkers[i] = &cubeChecker{ctx: ctx, olap: o, cube: c, measures: additive(c)}
		g.Go(func() error {
			checkers[i].check()
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		panic(err) // none returns one
	}
	var results []memberResult
	for _, k := range checkers {
		results = append(results, k.results...)
	}
	return results
}

// check asks the cube for all that it declares.
func (k *cubeChecker) check() {
	k.runMeasures()
	for _, u := range k.cube.Dimensions {
		for _, a := range slices.Concat(u.Of.Attributes, u.Of.Derived) {
			if k.cube.TellsApart(u.Name, a) {
				k.attribute(u, a)
			}
		}
		k.hierarchies(u)
	}
}

// runMeasures asks for all measures at once and, where that fails, for each by
// itself, to tell which it is.
func (k *cubeChecker) runMeasures() {
	ask := func(names ...string) error {
		_, err := k.ask(cube.Query{Measures: names, Totals: cube.Totals{Grand: true}})
		return err
	}
	var names []string
	for _, m := range k.cube.Measures {
		names = append(names, m.Name)
	}
	all := ask(names...)
	for _, name := range names {
		k.try(name, runs, func() error {
			if all == nil {
				return nil
			}
			return ask(name)
		})
	}
}

// additive is the first measure that adds up over everything, of each cube
// whose facts there are.
func additive(c *cube.Cube) (names []string) {
	seen := map[*cube.Cube]bool{}
	for _, m := range c.Measures {
		if home := c.Home(m); m.Summable() && !m.Stock() && !seen[home] && !(c.Virtual() && home == c) {
			seen[home] = true
			names = append(names, m.Name)
		}
	}
	return names
}

// try records how a proof ends. What there is no table for is no failure where
// that is a model's, which may be skipped.
func (k *cubeChecker) try(member, proof string, prove func() error) {
	if proof == addsUp && len(k.measures) == 0 {
		proof = runs
	}
	r := memberResult{Cube: k.cube.Name, Member: member, Proof: proof}
	var missing *olap.MissingTableError
	if err := prove(); errors.As(err, &missing) && strings.HasPrefix(missing.Table, "score.") {
		r.Absent = err.Error()
	} else if err != nil {
		r.Error = err.Error()
	}
	k.results = append(k.results, r)
}

// ask completes a question; without measures, those that add up are asked.
func (k *cubeChecker) ask(q cube.Query) (*olap.Table, error) {
	q.Cube = k.cube.Name
	if len(q.Measures) == 0 {
		q.Measures = k.measures
	}
	if len(q.Measures) == 0 {
		q.Measures = []string{k.cube.Measures[0].Name}
	}
	return k.olap.Ask(k.ctx, q)
}

func (k *cubeChecker) attribute(u *cube.Use, a *cube.Attribute) {
	field := u.Name + "." + a.Name
	k.try(field, addsUp, func() error {
		t, err := k.list(field)
		if err != nil {
			return err
		}
		return k.proveParts(u, a, t)
	})
	for _, m := range a.Members {
		k.try(field+" "+m.Name, addsUp, func() error { return k.proveCalculated(field, m) })
	}
}

// list asks for all members, or for the first and the others together.
func (k *cubeChecker) list(field string) (*olap.Table, error) {
	q := cube.Query{Rows: []string{field}, Totals: cube.Totals{Grand: true}, Limit: maxListed}
	t, err := k.ask(q)
	var limit *olap.LimitError
	if errors.As(err, &limit) {
		q.Top = &cube.Top{N: 1000, Others: true, By: k.cube.Measures[0].Name}
		if len(k.measures) > 0 {
			q.Top.By = k.measures[0]
		}
		t, err = k.ask(q)
	}
	return t, err
}

// proveParts proves that the rows, and what is hidden, add up to the total, that
// the total is that of the cube, and that no member stands there twice.
func (k *cubeChecker) proveParts(u *cube.Use, a *cube.Attribute, t *olap.Table) error {
	seen := map[string]bool{}
	parts := zeros(len(k.measures))
	for _, r := range t.Rows {
		id := fmt.Sprintf("%q", r.Keys)
		if seen[id] {
			return fmt.Errorf("two rows have the keys %s", strings.Join(r.Keys, ", "))
		}
		seen[id] = true
		if r.Level > 0 && !r.Calculated || r.Other {
			add(parts, r.Cells[1:])
		}
	}
	if len(a.Hide) > 0 {
		hidden, err := k.ask(cube.Query{Where: []cube.Filter{{Field: u.Name + "." + a.Name, Op: "in", Values: a.Hide}}})
		if err != nil {
			return fmt.Errorf("hidden members: %w", err)
		}
		add(parts, hidden.Rows[0].Cells)
	}
	if err := k.equal(parts, t.Grand().Cells[1:], "the members", "the total"); err != nil {
		return err
	}
	if len(u.Of.Default) > 0 { // without the dimension, the default filter holds
		return nil
	}
	if k.whole == nil {
		everything, err := k.ask(cube.Query{})
		if err != nil {
			return err
		}
		k.whole = zeros(len(k.measures))
		add(k.whole, everything.Rows[0].Cells)
	}
	return k.equal(k.whole, t.Grand().Cells[1:], "the facts", "the total by it")
}

// proveCalculated proves that a calculated member has the value of the facts of
// those it is made of.
func (k *cubeChecker) proveCalculated(field string, m *cube.Calculated) error {
	t, err := k.ask(cube.Query{Rows: []string{field + "+"}, Totals: cube.Totals{Grand: true}, Limit: maxListed})
	if err != nil {
		return err
	}
	of, err := k.ask(cube.Query{Where: []cube.Filter{{Field: field, Op: "in", Values: m.Of}}})
	if err != nil {
		return err
	}
	want := zeros(len(k.measures))
	add(want, of.Rows[0].Cells)
	for _, r := range t.Rows {
		if r.Calculated && r.Keys[0] == m.Name {
			return k.equal(want, r.Cells[1:], "its members", "it")
		}
	}
	return k.equal(want, make([]any, len(want)), "its members", "it, not there,") // in order where they have no facts
}

// hierarchies proves that each subtotal of a hierarchy is what stands under it.
func (k *cubeChecker) hierarchies(u *cube.Use) {
	for _, h := range u.Of.Hierarchies {
		for i := range h.Levels[1:] {
			if k.cube.TellsApart(u.Name, u.Of.Attribute(h.Levels[i+1])) {
				k.levels(u, h.Name, h.Levels[i:i+2])
			}
		}
	}
	for _, h := range u.Of.Parents {
		for level := 1; level < h.Depth; level++ {
			k.levels(u, h.Name, []string{h.Attribute(level), h.Attribute(level + 1)})
		}
	}
}

// levels proves it for two levels, one below the other.
func (k *cubeChecker) levels(u *cube.Use, name string, levels []string) {
	rows := []string{u.Name + "." + levels[0], u.Name + "." + levels[1]}
	k.try(u.Name+"."+name+" "+strings.Join(levels, " > "), addsUp, func() error {
		t, err := k.ask(cube.Query{Rows: rows, Totals: cube.Totals{Grand: true, Rows: true}, Limit: maxListed})
		var limit *olap.LimitError
		if errors.As(err, &limit) {
			t, err = k.ask(cube.Query{Rows: rows, Totals: cube.Totals{Grand: true, Rows: true}, Limit: maxListed,
				Top: &cube.Top{N: 1000, Field: rows[1], Others: true, By: k.cube.Measures[0].Name}})
		}
		if err != nil {
			return err
		}
		return k.proveSubtotals(t)
	})
}

func (k *cubeChecker) proveSubtotals(t *olap.Table) error {
	under := map[string][]*big.Rat{}
	seen := map[string]bool{}
	for _, r := range t.Rows {
		id := fmt.Sprintf("%d %q", r.Level, r.Keys)
		if seen[id] {
			return fmt.Errorf("two rows have the keys %s", strings.Join(r.Keys, ", "))
		}
		seen[id] = true
		if r.Level == 2 || r.Other {
			parent := r.Keys[0]
			if under[parent] == nil {
				under[parent] = zeros(len(k.measures))
			}
			add(under[parent], r.Cells[2:])
		}
	}
	for _, r := range t.Rows {
		if r.Level == 1 && !r.Other {
			if err := k.equal(under[r.Keys[0]], r.Cells[2:], "what stands under "+r.Keys[0], "its subtotal"); err != nil {
				return err
			}
		}
	}
	return nil
}

// equal compares sums with the cells of a total; what no fact has counts as 0.
func (k *cubeChecker) equal(sums []*big.Rat, cells []any, parts, whole string) error {
	total := zeros(len(k.measures))
	add(total, cells)
	for i, name := range k.measures {
		part := new(big.Rat)
		if i < len(sums) {
			part = sums[i]
		}
		if part.Cmp(total[i]) != 0 {
			return fmt.Errorf("does not add up: %s have %s %s, %s has %s", parts, name, part.FloatString(4), whole, total[i].FloatString(4))
		}
	}
	return nil
}

func zeros(n int) []*big.Rat {
	list := make([]*big.Rat, n)
	for i := range list {
		list[i] = new(big.Rat)
	}
	return list
}

// add adds the cells of a row up, exactly.
func add(sums []*big.Rat, cells []any) {
	for i := range sums {
		switch v := cells[i].(type) {
		case int64:
			sums[i].Add(sums[i], new(big.Rat).SetInt64(v))
		case engine.Decimal:
			scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(v.Scale)), nil)
			sums[i].Add(sums[i], new(big.Rat).SetFrac(v.Num.BigInt(), scale))
		}
	}
}

func failedMembers(members []memberResult) (n int) {
	for _, m := range members {
		if m.Error != "" {
			n++
		}
	}
	return n
}
