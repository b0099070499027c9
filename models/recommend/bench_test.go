package recommend

import (
	"testing"
)

// benchmarkFit measures one fit on Douban Book.
func benchmarkFit(b *testing.B, kind string) {
	x, _ := douban(b, false)
	s, err := NewSpec(kind)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Fit(b.Context(), x, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFitCosine(b *testing.B)  { benchmarkFit(b, "cosine") }
func BenchmarkFitRP3beta(b *testing.B) { benchmarkFit(b, "rp3beta") }
func BenchmarkFitRidge(b *testing.B)   { benchmarkFit(b, "ridge") }
func BenchmarkFitALS(b *testing.B)     { benchmarkFit(b, "als") }
func BenchmarkFitEASE(b *testing.B)    { benchmarkFit(b, "ease") }

// benchmarkServe measures lists of 20 for all users with a test.
func benchmarkServe(b *testing.B, kind string) {
	x, held := douban(b, false)
	s, err := NewSpec(kind)
	if err != nil {
		b.Fatal(err)
	}
	m, err := s.Fit(b.Context(), x, nil)
	if err != nil {
		b.Fatal(err)
	}
	var users []int
	for u := range held {
		if len(held[u]) > 0 {
			users = append(users, u)
		}
	}
	ties := Ties(x)
	for b.Loop() {
		Recommend(m, x, users, List{N: 20, Ties: ties})
	}
	b.ReportMetric(float64(len(users)*b.N)/b.Elapsed().Seconds(), "users/s")
}

func BenchmarkServeCosine(b *testing.B) { benchmarkServe(b, "cosine") }
func BenchmarkServeRidge(b *testing.B)  { benchmarkServe(b, "ridge") }
func BenchmarkServeALS(b *testing.B)    { benchmarkServe(b, "als") }
