package recommend

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"verso/models/recommend/cold"
)

// BenchmarkScale fits the models that a refresh chooses among on made purchases,
// blends them, and ranks 50 titles for every customer; then it fits new titles by
// attributes and matches a month's of them with all customers. The purchases are a
// part of 100,000 customers × 1,000,000 titles × 50 million, with 5,000 new
// titles: a hundredth, or as VERSO_RECOMMEND_SCALE says. Titles sell by a power
// law, and each customer buys mostly among those of a few subjects.
// VERSO_RECOMMEND_LISTS is the share of the customers for whom titles are ranked
// (default all).
func BenchmarkScale(b *testing.B) {
	part, listed := share(b, "VERSO_RECOMMEND_SCALE", .01), share(b, "VERSO_RECOMMEND_LISTS", 1)
	users, items := max(200, int(100_000*part)), max(2000, int(1_000_000*part))
	x := madePurchases(b, users, items, int(50_000_000*part))
	b.Logf("%d customers, %d titles, %d pairs", x.Users, x.Items, x.Report.Pairs)
	var everyone []int
	for u := range users {
		if float64(u%100) < 100*listed {
			everyone = append(everyone, u)
		}
	}
	timed := func(name string, do func()) {
		began, before := time.Now(), processor()
		do()
		b.ReportMetric(time.Since(began).Seconds(), name+"-s")
		b.ReportMetric(processor()-before, name+"-cpu-s")
		fmt.Fprintf(os.Stderr, "%s: %.1f s, %.1f s of processor time, peak %.0f MB\n", name, time.Since(began).Seconds(), processor()-before, peak(b))
	}
	for b.Loop() {
		var models []Model
		for _, kind := range []string{"popularity", "cosine", "rp3beta", "ridge", "als"} {
			s, err := NewSpec(kind)
			if err != nil {
				b.Fatal(err)
			}
			timed(kind, func() {
				m, err := s.Fit(b.Context(), x, nil)
				if err != nil {
					b.Fatalf("%s: %v", kind, err)
				}
				models = append(models, m)
			})
		}
		blend, err := NewBlend(items, models, []float64{.1, .3, .3, .2, .1})
		if err != nil {
			b.Fatal(err)
		}
		timed("lists", func() {
			lists := Recommend(blend, x, everyone, List{N: 50, Ties: Ties(x)})
			if len(lists) != len(everyone) || len(lists[0]) != 50 {
				b.Fatalf("%d lists, the first of %d", len(lists), len(lists[0]))
			}
		})
		monthly(b, x, max(20, int(5000*part)), timed)
	}
	b.ReportMetric(peak(b), "peak-MB")
}

// monthly fits new titles with the settings of a refresh and matches them with
// the customers.
func monthly(b *testing.B, x *Matrix, fresh int, timed func(string, func())) {
	const lines = 300 // of a customer, as in a refresh
	var s cold.Sales
	var customers, titles []int32
	for u := range x.Users {
		h := x.History(u)
		for _, i := range h.Item[:min(lines, len(h.Item))] {
			s.Customer, s.Title = append(s.Customer, int32(u)), append(s.Title, i)
		}
		customers = append(customers, int32(u))
	}
	names := []string{"class", "author", "publisher", "language", "level", "price"}
	columns := make([]cold.Column, len(names))
	for k, name := range names {
		columns[k] = cold.Column{Name: name, Text: make([]string, x.Items+fresh)}
	}
	columns[0].Form = cold.Path
	columns[5] = cold.Column{Name: "price", Form: cold.Number, Value: make([]float64, x.Items+fresh), Bands: 6}
	for t := range x.Items + fresh {
		if t >= x.Items {
			titles = append(titles, int32(t))
		}
		subject, h := t%200, uint32(t)*2654435761
		for k, text := range []string{fmt.Sprintf("%c/%c%d/%d", 'A'+subject/10, 'A'+subject/10, subject/4, subject), fmt.Sprint("a", subject, "-", h%uint32(1+x.Items/4000)),
			fmt.Sprint("p", subject/8, "-", h>>8%20), fmt.Sprint("l", h>>16%4), fmt.Sprint("v", h>>20%5)} {
			columns[k].Text[t] = text
		}
		columns[5].Value[t] = float64(h >> 12 % 400)
	}
	a, err := cold.EncodeAlone(columns)
	if err != nil {
		b.Fatal(err)
	}
	var m *cold.Model
	timed("new-fit", func() {
		if m, err = cold.Fit(s, x.Users, a, cold.Options{Splits: 2, Groups: 400, Against: 30, Factors: 16, Neighbours: 20, Ease: 10}); err != nil {
			b.Fatal(err)
		}
	})
	timed("new-lists", func() {
		if _, _, err = m.Match(customers, titles, 60, 150); err != nil {
			b.Fatal(err)
		}
	})
}

// share is a part that the environment gives.
func share(b *testing.B, name string, unset float64) float64 {
	text := os.Getenv(name)
	if text == "" {
		return unset
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 || v > 1 {
		b.Fatalf("%s=%s is no part of the whole", name, text)
	}
	return v
}

// processor is the processor time of the process so far, in seconds, in steps of
// a hundredth; 0 where the system does not tell.
func processor() float64 {
	text, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) / 100
}

// madePurchases are purchases of a made company.
func madePurchases(b *testing.B, users, items, lines int) *Matrix {
	b.Helper()
	const subjects = 200
	rng := rand.New(rand.NewPCG(1, 2))
	r := Rows{User: make([]int32, lines), Item: make([]int32, lines)}
	tastes := make([][4]int, users)
	for u := range tastes {
		for k := range tastes[u] {
			tastes[u][k] = rng.IntN(subjects)
		}
	}
	for i := range lines {
		u := int(float64(users) * math.Pow(rng.Float64(), 1.6))
		place := int(math.Pow(float64(items/subjects), rng.Float64())) - 1 // a power law among the titles of a subject
		subject := tastes[u][rng.IntN(4)]
		if rng.IntN(5) == 0 {
			subject = rng.IntN(subjects)
		}
		r.User[i], r.Item[i] = int32(u), int32(place*subjects+subject)
	}
	x, err := Build(r, users, items, Weighting{})
	if err != nil {
		b.Fatal(err)
	}
	return x
}

// peak is the most memory that the process had, in megabytes.
func peak(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err)
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		var kB float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kB); n == 1 {
			return kB / 1024
		}
	}
	return math.NaN()
}
