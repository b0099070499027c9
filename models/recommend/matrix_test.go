package recommend

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBuildWeighs(t *testing.T) {
	r := Rows{
		User:   []int32{0, 0, 0, 0, 1, 1, 2, 2, 3},
		Item:   []int32{0, 1, 1, 2, 0, 1, 0, 1, 2},
		Copies: []float64{1, 2, 1, 10000, 3, 0, 5, 2, -4},
		Day:    []int32{10, 20, 30, 30, 0, 0, 30, 30, 30},
	}
	r.User, r.Item, r.Copies, r.Day = append(r.User, 2), append(r.Item, 1), append(r.Copies, -2), append(r.Day, 31)
	x, err := Build(r, 5, 3, Weighting{HalfLife: 20, AsOf: 30})
	if err != nil {
		t.Fatal(err)
	}
	// log2(1 + copies), at most 3, halved for 20 days.
	want := History{Item: []int32{0, 1, 2}, Weight: []float32{.5, 2, 3}}
	if d := cmp.Diff(want, x.Row(0)); d != "" {
		t.Error(d)
	}
	// No copies at all is neither interest nor a return; a return of what was
	// never bought is neither.
	if got := x.Report; got.Returned != 1 || got.Pairs != 5 || got.Empty != 2 || x.Size(3) != 0 {
		t.Errorf("report %+v", got)
	}
	h := x.History(2)
	if !slices.Equal(h.Item, []int32{0, 1}) || h.Weight[1] != returnedWeight {
		t.Errorf("the history with a returned title is %+v", h)
	}
	near(t, "weight of 3 copies 30 days ago", float64(x.Row(1).Weight[0]), 2*math.Exp2(-1.5), 1e-6)
	users, weights := x.Column(0)
	if !slices.Equal(users, []int32{0, 1, 2}) || len(weights) != 3 {
		t.Errorf("column 0: %v %v", users, weights)
	}
}

func TestBuildDampsResellers(t *testing.T) {
	var r Rows
	for u := range 100 {
		for i := range 3 {
			r.User, r.Item = append(r.User, int32(u)), append(r.Item, int32(u+i))
		}
	}
	for i := range 4000 {
		r.User, r.Item = append(r.User, 100), append(r.Item, int32(i))
	}
	x := build(t, r, 101, 4000)
	if x.Report.Heavy != 1 || x.Damping[100] != .25 || x.Damping[0] != 1 {
		t.Errorf("report %+v, damping %v: want 1,000 titles of 4,000", x.Report, x.Damping[100])
	}
}

func TestBuildDoesNotDependOnTheOrderOfRows(t *testing.T) {
	r, _ := world(t, 80, 120, 3)
	r.Copies, r.Day = make([]float64, len(r.User)), make([]int32, len(r.User))
	for k := range r.User {
		r.Copies[k], r.Day[k] = float64(k%7)-1.3, int32(k%90)
	}
	x, err := Build(r, 80, 120, Weighting{HalfLife: 30})
	if err != nil {
		t.Fatal(err)
	}
	var mixed Rows
	for _, k := range rand.New(rand.NewPCG(1, 1)).Perm(len(r.User)) {
		mixed.add(r, k)
	}
	y, err := Build(mixed, 80, 120, Weighting{HalfLife: 30})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(x, y); d != "" {
		t.Error(d)
	}
}

func TestBuildRefuses(t *testing.T) {
	for name, r := range map[string]Rows{
		"lengths":  {User: []int32{0}, Item: []int32{0, 1}},
		"user":     {User: []int32{9}, Item: []int32{0}},
		"item":     {User: []int32{0}, Item: []int32{-1}},
		"copies":   {User: []int32{0}, Item: []int32{0}, Copies: []float64{math.NaN()}},
		"infinite": {User: []int32{0}, Item: []int32{0}, Copies: []float64{math.Inf(1)}},
	} {
		if _, err := Build(r, 2, 2, Weighting{}); err == nil || errors.Is(err, ErrNoRows) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, r := range map[string]Rows{"empty": {}, "returns": {User: []int32{0}, Item: []int32{0}, Copies: []float64{-1}}} {
		if _, err := Build(r, 2, 2, Weighting{}); !errors.Is(err, ErrNoRows) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSplitByTime(t *testing.T) {
	r := Rows{User: []int32{0, 0, 0, 1, 1, 0}, Item: []int32{0, 1, 2, 0, 1, 0}, Day: []int32{1, 2, 9, 3, 10, 10}}
	fit, test, rule, err := Split(r, SplitOptions{Share: .4})
	if err != nil || rule != "temporal" {
		t.Fatal(rule, err)
	}
	// User 0 bought title 0 on day 1: buying it again on day 10 is no surprise.
	if !slices.Equal(test.Item, []int32{2, 1}) || !slices.Equal(fit.Item, []int32{0, 1, 0}) {
		t.Errorf("fit %v, test %v", fit, test)
	}
}

func TestSplitByChanceKeepsTheRows(t *testing.T) {
	r, _ := world(t, 50, 100, 1)
	fit, test, rule, err := Split(r, SplitOptions{Seed: 4})
	if err != nil || rule != "random" || len(fit.User)+len(test.User) != len(r.User) {
		t.Fatal(rule, err, len(fit.User), len(test.User))
	}
	held, err := NewHeld(test, 50, 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := held.Disjoint(build(t, fit, 50, 100)); err != nil {
		t.Error(err)
	}
	if _, _, _, err := Split(r, SplitOptions{Share: 1.5}); !errors.Is(err, ErrShare) {
		t.Error(err)
	}
}
