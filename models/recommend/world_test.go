package recommend

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s: got %.8g, want %.8g ± %g", what, got, want, tolerance)
	}
}

// world is a planted market: every reader belongs to one of 12 circles and buys
// from its shelf, popular titles more, with some purchases from anywhere. Each
// title has its circle's publisher, mostly.
func world(t testing.TB, users, items int, seed uint64) (Rows, *Attributes) {
	t.Helper()
	const circles = 12
	r := rand.New(rand.NewPCG(seed, 5))
	a := NewAttributes(items)
	for i := range items {
		a.Add(i, "author", fmt.Sprint(i/3))
		publisher := i % circles
		if r.Float64() < .3 {
			publisher = r.IntN(circles)
		}
		a.Add(i, "publisher", fmt.Sprint(publisher))
	}
	shelf := items / circles
	pick := func(n int) int { return int(float64(n) * math.Pow(r.Float64(), 2)) }
	var rows Rows
	for u := range users {
		for range 8 + pick(30) {
			i := pick(shelf)*circles + u%circles
			if r.Float64() < .25 {
				i = pick(items)
			}
			rows.User = append(rows.User, int32(u))
			rows.Item = append(rows.Item, int32(i))
		}
	}
	return rows, a
}

func build(t testing.TB, r Rows, users, items int) *Matrix {
	t.Helper()
	x, err := Build(r, users, items, Weighting{Binary: true})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// eachModel fits one model of every kind with small settings.
func eachModel(t testing.TB, x *Matrix, a *Attributes) []Model {
	t.Helper()
	var models []Model
	for _, kind := range Kinds() {
		s, err := NewSpec(kind)
		if err != nil {
			t.Fatal(err)
		}
		switch kind {
		case "ridge":
			s.Ridge = &RidgeOptions{Neighbours: 30, Lambda: 5, Dropout: .5, UserPower: .3}
		case "ease":
			s.EASE = &EASEOptions{Lambda: 20}
		case "als":
			s.ALS = &ALSOptions{Factors: 32, Iterations: 8, Seed: 1}
		}
		m, err := s.Fit(t.Context(), x, a)
		if err != nil {
			t.Fatal(err)
		}
		if m.Name() != kind {
			t.Errorf("the model of kind %s is named %s", kind, m.Name())
		}
		models = append(models, m)
	}
	weights := make([]float64, len(models))
	for k := range weights {
		weights[k] = 1 / float64(k+1)
	}
	b, err := NewBlend(x.Items, models, weights)
	if err != nil {
		t.Fatal(err)
	}
	return append(models, b)
}

func onOneCore(do func()) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	do()
}

// dataFolder is where public data sets stand.
func dataFolder() string {
	if dir := os.Getenv("VERSO_DATA"); dir != "" {
		return dir
	}
	return filepath.Join("..", "..", "..", "shared", "data")
}

// readRows reads a file of the shared data sets, or skips the test.
func readRows(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dataFolder(), filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the data set %s is not there: set VERSO_DATA", name)
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
	return rows[1:]
}

// douban is the split of Douban Book that the peers were measured
// on: 13,024 users and 22,347 books. For tuning, the rows marked is_valid are
// held out; otherwise the test rows, and all of train is fitted on.
func douban(t testing.TB, tuning bool) (*Matrix, Held) {
	t.Helper()
	const users, items = 13024, 22347
	add := func(r *Rows, row []string) {
		u, errU := strconv.Atoi(row[0])
		i, errI := strconv.Atoi(row[1])
		if errU != nil || errI != nil {
			t.Fatalf("row %v", row)
		}
		r.User, r.Item = append(r.User, int32(u)), append(r.Item, int32(i))
	}
	var fit, test Rows
	for _, row := range readRows(t, "douban-book-split/train.csv.gz") {
		if tuning && row[2] == "1" {
			add(&test, row)
		} else {
			add(&fit, row)
		}
	}
	if !tuning {
		for _, row := range readRows(t, "douban-book-split/test.csv.gz") {
			add(&test, row)
		}
	}
	held, err := NewHeld(test, users, items)
	if err != nil {
		t.Fatal(err)
	}
	return build(t, fit, users, items), held
}
