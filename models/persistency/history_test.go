package persistency

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %.9f, want %.9f ± %g", what, got, want, tolerance)
	}
}

func day(t testing.TB, text string) int {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return dayOf(d)
}

// retail reads Online Retail with the filter Quantity > 0, UnitPrice > 0 and a
// known customer, and returns the last day.
func retail(t testing.TB) (*History, int) {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "online_retail", "online_retail.csv.gz"))
	if err != nil {
		t.Skip("the data set is not there: set VERSO_DATA")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	r.LazyQuotes = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var p Purchases
	known := map[string]int{}
	for _, row := range rows[1:] {
		quantity, _ := strconv.ParseFloat(row[3], 64)
		price, _ := strconv.ParseFloat(row[5], 64)
		if quantity <= 0 || price <= 0 || row[6] == "" {
			continue
		}
		c, ok := known[row[6]]
		if !ok {
			c = len(known)
			known[row[6]] = c
		}
		p.Customer, p.Day, p.Amount = append(p.Customer, c), append(p.Day, day(t, row[4][:10])), append(p.Amount, quantity*price)
	}
	if len(p.Day) != 397_884 || len(known) != 4_338 {
		t.Fatalf("%d lines of %d customers", len(p.Day), len(known))
	}
	h, err := NewHistory(p, len(known))
	if err != nil {
		t.Fatal(err)
	}
	return h, slices.Max(p.Day)
}

// random makes purchases with returns among them.
func random(rng *rand.Rand, customers, lines int) Purchases {
	var p Purchases
	for range lines {
		p.Customer = append(p.Customer, rng.IntN(customers))
		p.Day = append(p.Day, 15000+rng.IntN(700))
		p.Amount = append(p.Amount, math.Round(1000*rng.NormFloat64()+500)/100)
	}
	return p
}

func shuffled(rng *rand.Rand, p Purchases) Purchases {
	var q Purchases
	for _, i := range rng.Perm(len(p.Day)) {
		q.Customer, q.Day, q.Amount = append(q.Customer, p.Customer[i]), append(q.Day, p.Day[i]), append(q.Amount, p.Amount[i])
	}
	return q
}

// buys makes a history of one purchase a day given, customer after customer.
func buys(t *testing.T, days ...[]int) *History {
	t.Helper()
	var p Purchases
	for c, list := range days {
		for _, d := range list {
			p.Customer, p.Day, p.Amount = append(p.Customer, c), append(p.Day, d), append(p.Amount, 10)
		}
	}
	h, err := NewHistory(p, len(days))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHistoryIgnoresOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	p := random(rng, 40, 500)
	a, err := NewHistory(p, 50)
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewHistory(shuffled(rng, p), 50)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b, cmp.AllowUnexported(History{})); diff != "" {
		t.Error(diff)
	}
}

func TestReturnsAreNoPurchase(t *testing.T) {
	h, err := NewHistory(Purchases{
		Customer: []int{0, 0, 0, 0, 0},
		Day:      []int{5, 7, 9, 9, 12},
		Amount:   []float64{10, -4, 20, -30, 1},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{5, 9}, h.Days(0, 11)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{10, -4, -10, 1}, h.net); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryRefusesBadInput(t *testing.T) {
	for name, c := range map[string]struct {
		p    Purchases
		n    int
		want error
	}{
		"empty":    {Purchases{}, 3, ErrEmpty},
		"shape":    {Purchases{Customer: []int{0}}, 1, ErrShape},
		"customer": {Purchases{[]int{3}, []int{1}, []float64{1}}, 3, ErrValue},
		"amount":   {Purchases{[]int{0}, []int{1}, []float64{math.NaN()}}, 1, ErrValue},
		"negative": {Purchases{[]int{0}, []int{1}, []float64{1}}, -4, ErrValue},
	} {
		if _, err := NewHistory(c.p, c.n); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func BenchmarkMillionLines(b *testing.B) {
	p := random(rand.New(rand.NewPCG(8, 4)), 100_000, 1_000_000)
	h, err := NewHistory(p, 100_000)
	if err != nil {
		b.Fatal(err)
	}
	periods, err := Months(15000, 15700, 1)
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, f func() error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("history", func() error { _, err := NewHistory(p, 100_000); return err })
	run("cohorts", func() error { _, err := Cohorts(h, periods); return err })
	run("status", func() error { _, err := Classify(h, nil, 15700, StatusOptions{}); return err })
	run("loyalty", func() error { _, err := LoyaltyIndex(h, LoyaltyInput{AsOf: 15700}); return err })
	run("regularity", func() error { _, err := WheatMorrison(h, nil, nil, 15700, RegularityOptions{}); return err })
}
