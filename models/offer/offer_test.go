package offer

import (
	"math"
	"slices"
	"testing"
)

// shelf is ten titles: 0 and 1 are editions of one work; 2, 3 and 4 are volumes 1
// to 3 of a series; 5 is out of print, 6 too but in stock, 7 is cancelled, 8 is
// dear, 9 is barred in territory 1.
func shelf() Titles {
	nan := math.NaN()
	return Titles{
		Work: []int32{0, 0, 2, 3, 4, 5, 6, 7, 8, 9}, Publisher: []int32{1, 1, 2, 2, 2, 3, 3, 3, 4, 4},
		Class: []int32{0, 0, 1, 1, 1, 2, 2, 2, 3, 3}, Subject: []int32{0, 0, 1, 1, 1, 2, 2, 2, 3, 3},
		Series: []int32{-1, -1, 7, 7, 7, -1, -1, -1, -1, -1}, Volume: []int32{0, 0, 1, 2, 3, 0, 0, 0, 0, 0},
		Status: []Status{InPrint, InPrint, InPrint, InPrint, InPrint, OutOfPrint, OutOfPrint, Cancelled, Forthcoming, InPrint},
		Free:   []float64{nan, nan, nan, nan, nan, 0, 3, 5, nan, nan},
		Price:  []float64{10, 10, 10, 10, 10, 10, 10, 10, 500, nan},
		Barred: [][]int32{nil, nil, nil, nil, nil, nil, nil, nil, nil, {1}},
	}
}

func everything() []Candidate {
	var list []Candidate
	for i := range 10 {
		list = append(list, Candidate{Title: int32(i), Score: float64(10 - i)})
	}
	return list
}

func titlesOf(list []Offer) []int32 {
	out := []int32{}
	for _, o := range list {
		out = append(out, o.Title)
	}
	return out
}

func TestRules(t *testing.T) {
	c := Customers{Owned: [][]int32{{2}, {1}, nil}, Left: []float64{100, math.NaN(), math.NaN()}, Territory: []int32{-1, 1, -1}, Group: []int32{5, 5, -1}}
	choice := New(shelf(), c, Options{PublisherCap: 1}).Choose([][]Candidate{everything(), everything(), everything()})
	for u, want := range [][]int32{
		{3, 6, 9},             // holds volume 1, so 2 but not 3; its branch has the work of 0 and 1; 8 is beyond the budget
		{3, 4, 6, 8},          // has the work; volume 1 is at the branch; 9 is barred
		{0, 2, 3, 4, 6, 8, 9}, // 1 is another edition of 0
	} {
		if got := titlesOf(choice.Lists[u]); !slices.Equal(got, want) {
			t.Errorf("customer %d: %v, want %v", u, got, want)
		}
	}
	for name, want := range map[string][2]int{"status": {1, 3}, "stock": {1, 3}, "owned": {0, 3}, "branch": {0, 3}, "edition": {0, 1}, "series": {0, 1}, "budget": {0, 1}, "territory": {0, 1}} {
		r := choice.Rules[slices.IndexFunc(choice.Rules, func(r Rule) bool { return r.Name == name })]
		if r.Off != "" || r.Titles != want[0] || r.Pairs != want[1] {
			t.Errorf("%s: %+v, want %v", name, r, want)
		}
	}
}

// A rule whose data is absent is off and says so; without any data only what was
// bought is left out.
func TestRulesOff(t *testing.T) {
	choice := New(Titles{Work: []int32{0, 1, 2}}, Customers{Owned: [][]int32{{1}}}, Options{}).Choose([][]Candidate{{{Title: 0, Score: 1}, {Title: 1, Score: .5}, {Title: 2}}})
	if got := titlesOf(choice.Lists[0]); !slices.Equal(got, []int32{0, 2}) {
		t.Error(got)
	}
	for _, r := range choice.Rules {
		on := r.Name == "owned" || r.Name == "edition"
		if (r.Off == "") != on {
			t.Errorf("%s is off for %q", r.Name, r.Off)
		}
	}
}

// The cap gives a title to those who rank it first.
func TestTitleCap(t *testing.T) {
	titles := Titles{Work: []int32{0, 1, 2}}
	choice := New(titles, Customers{Owned: make([][]int32, 3)}, Options{TitleCap: 1}).Choose([][]Candidate{
		{{Title: 0, Score: 5}, {Title: 1, Score: 1}}, {{Title: 0, Score: 9}, {Title: 1, Score: 2}}, {{Title: 1, Score: 3}, {Title: 0, Score: 1}}})
	for u, want := range [][]int32{{}, {0}, {1}} {
		if got := titlesOf(choice.Lists[u]); !slices.Equal(got, want) {
			t.Errorf("customer %d: %v, want %v", u, got, want)
		}
	}
}

// Next volumes stand first, and no more than their share.
func TestSeriesFirst(t *testing.T) {
	list := everything()
	list[4].Next = true
	s := New(shelf(), Customers{Owned: [][]int32{{3}}}, Options{N: 4, PublisherCap: 1})
	if got := titlesOf(s.Choose([][]Candidate{list}).Lists[0]); got[0] != 4 || len(got) != 4 {
		t.Error(got)
	}
	if !s.Follows(0, 4) || s.Follows(0, 3) {
		t.Error("volume 3 follows volume 2, volume 2 does not")
	}
}

// Diversity costs relevance: more of one is never more of the other on the whole,
// and the weight settled on stays within what may be given up.
func TestTradeOff(t *testing.T) {
	titles := Titles{}
	var list []Candidate
	for i := range int32(60) {
		titles.Work, titles.Class, titles.Subject = append(titles.Work, i), append(titles.Class, i/20), append(titles.Subject, i/20)
		list = append(list, Candidate{Title: i, Score: float64(60 - i)})
	}
	s := New(titles, Customers{Owned: make([][]int32, 1)}, Options{})
	steps := s.TradeOff([][]Candidate{list})
	for k := 1; k < len(steps); k++ {
		if steps[k].Relevance > steps[0].Relevance || steps[k].Diversity < steps[0].Diversity {
			t.Errorf("weight %v: %+v against %+v", steps[k].Weight, steps[k].Trade, steps[0].Trade)
		}
	}
	if last := steps[len(steps)-1]; last.Subjects <= steps[0].Subjects {
		t.Errorf("%v subjects, without diversity %v", last.Subjects, steps[0].Subjects)
	}
	weight := Settle(steps, .05)
	for _, at := range steps {
		if at.Weight == weight && at.Relevance < .95*steps[0].Relevance {
			t.Errorf("weight %v gives up too much", weight)
		}
	}
}

// A publisher has no more than its share of a list.
func TestPublisherCap(t *testing.T) {
	titles := Titles{}
	var list []Candidate
	for i := range int32(40) {
		titles.Work, titles.Publisher = append(titles.Work, i), append(titles.Publisher, i/30)
		list = append(list, Candidate{Title: i, Score: float64(60 - i)})
	}
	got := New(titles, Customers{Owned: make([][]int32, 1)}, Options{N: 10}).Choose([][]Candidate{list})
	of := 0
	for _, o := range got.Lists[0] {
		if o.Title < 30 {
			of++
		}
	}
	if of != 4 || got.Rules[len(got.Rules)-1].Pairs == 0 {
		t.Errorf("%d of the list from one publisher, want 4", of)
	}
}

func TestHold(t *testing.T) {
	held := 0
	for key := range int64(100_000) {
		if Hold(key, 1, .05) {
			held++
		}
		if Hold(key, 1, 0) {
			t.Fatal("nobody is held out at 0")
		}
	}
	if math.Abs(float64(held)-5000) > 3*math.Sqrt(5000*.95) {
		t.Errorf("%d of 100,000 held out, want 5,000", held)
	}
}
