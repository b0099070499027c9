package recommend

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"verso/models/recommend/dense"
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

// BenchmarkAgainstPeers times fits on Douban Book and lists of 20 from 128
// factors, and the same of the Python package implicit in the same run where
// python3, or the interpreter named in VERSO_PYTHON, has it. With VERSO_DOUBAN
// exact EASE is timed too.
func BenchmarkAgainstPeers(b *testing.B) {
	x, held := douban(b, false)
	var users []int
	for u := range held {
		if len(held[u]) > 0 {
			users = append(users, u)
		}
	}
	for b.Loop() {
		timed := func(name string, do func()) {
			began, before := time.Now(), processor()
			do()
			b.ReportMetric(time.Since(began).Seconds(), name+"-s")
			b.ReportMetric(processor()-before, name+"-cpu-s")
		}
		kinds := []string{"cosine", "als"}
		if os.Getenv("VERSO_DOUBAN") != "" {
			kinds = append(kinds, "ease")
		}
		var last Model
		for _, kind := range kinds {
			s, err := NewSpec(kind)
			if err != nil {
				b.Fatal(err)
			}
			timed(kind, func() {
				m, err := s.Fit(b.Context(), x, nil)
				if err != nil {
					b.Fatal(err)
				}
				if kind == "als" {
					last = m
				}
			})
		}
		timed("lists", func() { Recommend(last, x, users, List{N: 20, Ties: Ties(x)}) })
		for name, v := range peers(b) {
			b.ReportMetric(v[0], "implicit-"+name+"-s")
			b.ReportMetric(v[1], "implicit-"+name+"-cpu-s")
		}
	}
}

// peers are seconds and processor seconds of implicit; nil where it is not
// installed.
func peers(b *testing.B) map[string][2]float64 {
	python := os.Getenv("VERSO_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.CommandContext(b.Context(), python, "-c", "import implicit").Run(); err != nil {
		b.Logf("%s has no package implicit: our figures alone", python)
		return nil
	}
	out, err := exec.CommandContext(b.Context(), python, filepath.Join("bench", "peers.py"), dataFolder(), fmt.Sprint(dense.Workers())).Output()
	if err != nil {
		b.Fatal(err)
	}
	var figures map[string]json.RawMessage
	if err := json.Unmarshal(out, &figures); err != nil {
		b.Fatal(err)
	}
	times := map[string][2]float64{}
	for name, text := range figures {
		var v [2]float64
		if name != "users" && json.Unmarshal(text, &v) == nil {
			times[name] = v
		}
	}
	return times
}
