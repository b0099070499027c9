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
)

// BenchmarkScale fits the models that a refresh chooses among on made purchases,
// blends them, and ranks 50 titles for every customer. The purchases are a part of
// 100,000 customers × 1,000,000 titles × 50 million: a hundredth, or as
// VERSO_RECOMMEND_SCALE says. Titles sell by a power law, and each customer buys
// mostly among those of a few subjects.
func BenchmarkScale(b *testing.B) {
	part := .01
	if text := os.Getenv("VERSO_RECOMMEND_SCALE"); text != "" {
		var err error
		if part, err = strconv.ParseFloat(text, 64); err != nil || part <= 0 {
			b.Fatalf("VERSO_RECOMMEND_SCALE=%s is no part of the whole", text)
		}
	}
	users, items := max(200, int(100_000*part)), max(2000, int(1_000_000*part))
	x := madePurchases(b, users, items, int(50_000_000*part))
	b.Logf("%d customers, %d titles, %d pairs", x.Users, x.Items, x.Report.Pairs)
	everyone := make([]int, users)
	for u := range everyone {
		everyone[u] = u
	}
	for b.Loop() {
		var models []Model
		for _, kind := range []string{"popularity", "cosine", "rp3beta", "ridge", "als"} {
			s, err := NewSpec(kind)
			if err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			m, err := s.Fit(b.Context(), x, nil)
			if err != nil {
				b.Fatalf("%s: %v", kind, err)
			}
			b.ReportMetric(time.Since(began).Seconds(), kind+"-s")
			models = append(models, m)
		}
		blend, err := NewBlend(items, models, []float64{.1, .3, .3, .2, .1})
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		lists := Recommend(blend, x, everyone, List{N: 50, Ties: Ties(x)})
		b.ReportMetric(time.Since(began).Seconds(), "lists-s")
		if len(lists) != users || len(lists[0]) != 50 {
			b.Fatalf("%d lists, the first of %d", len(lists), len(lists[0]))
		}
	}
	b.ReportMetric(peak(b), "peak-MB")
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
