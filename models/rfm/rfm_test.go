package rfm

import (
	"errors"
	"math/rand/v2"
	"testing"
)

func TestTiesShareAScore(t *testing.T) {
	// Ten customers, six of whom bought once: their mid-rank is 0.3, score 2.
	c := Customers{
		Recency:   []float64{0, 10, 20, 30, 40, 50, 60, 70, 80, 90},
		Frequency: []float64{1, 1, 1, 1, 1, 1, 2, 3, 4, 5},
		Monetary:  []float64{10, 20, 30, 40, 50, 60, 70, 80, 90, 100},
	}
	m, err := Fit(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantF := []int{2, 2, 2, 2, 2, 2, 4, 4, 5, 5}
	wantM := []int{1, 1, 2, 2, 3, 3, 4, 4, 5, 5}
	for i, s := range m.Scores {
		if s.R != 6-wantM[i] || s.F != wantF[i] || s.M != wantM[i] {
			t.Errorf("customer %d: got %s, want %d%d%d", i, s.Cell(), 6-wantM[i], wantF[i], wantM[i])
		}
	}
}

func TestQuintilesIgnoreOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := 500
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(rng.IntN(40))
	}
	scores := quintiles(values)
	byValue := map[float64]int{}
	for i, v := range values {
		if s, seen := byValue[v]; seen && s != scores[i] {
			t.Fatalf("value %v scores %d and %d", v, s, scores[i])
		}
		byValue[v] = scores[i]
	}
	for v, s := range byValue {
		if higher, ok := byValue[v+1]; ok && higher < s {
			t.Fatalf("value %v scores %d but %v scores %d", v, s, v+1, higher)
		}
	}
}

func TestFixedBreaks(t *testing.T) {
	o := Options{Fixed: &Breaks{Recency: [4]float64{30, 90, 180, 365}, Frequency: [4]float64{1, 2, 5, 10}, Monetary: [4]float64{100, 500, 1000, 5000}}}
	m, err := Fit(Customers{Recency: []float64{30, 31, 400}, Frequency: []float64{1, 3, 11}, Monetary: []float64{100, 101, 6000}}, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"511", "432", "155"} {
		if got := m.Scores[i].Cell(); got != want {
			t.Errorf("customer %d: got %s, want %s", i, got, want)
		}
	}
	o.Fixed.Monetary = [4]float64{5, 4, 3, 2}
	if _, err := Fit(Customers{}, o); err == nil {
		t.Error("descending breaks were accepted")
	}
}

func TestShapesAndEdges(t *testing.T) {
	if _, err := Fit(Customers{Recency: []float64{1}}, Options{}); !errors.Is(err, ErrShape) {
		t.Errorf("got %v", err)
	}
	m, err := Fit(Customers{}, Options{})
	if err != nil || len(m.Scores) != 0 {
		t.Errorf("no customers: %v %v", m, err)
	}
	m, err = Fit(Customers{Recency: []float64{5}, Frequency: []float64{1}, Monetary: []float64{9}}, Options{})
	if err != nil || m.Scores[0].Cell() != "333" {
		t.Errorf("one customer stands in the middle: %v %v", m.Scores, err)
	}
}

func TestEveryCellHasASegment(t *testing.T) {
	known := map[string]bool{}
	for _, s := range Segments() {
		known[s] = true
	}
	seen := map[string]bool{}
	for r := 1; r <= 5; r++ {
		for f := 1; f <= 5; f++ {
			for m := 1; m <= 5; m++ {
				name := Score{r, f, m}.Segment()
				if !known[name] {
					t.Errorf("%d%d%d: segment %q is not in the list", r, f, m, name)
				}
				seen[name] = true
			}
		}
	}
	if len(seen) != len(known) {
		t.Errorf("%d of %d segments can be reached", len(seen), len(known))
	}
}
