package clv

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// processor is the time that all threads of the process have used. On a busy
// machine it says more than the clock.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// reportProcessor reports the processor time of an operation since began.
func reportProcessor(b *testing.B, began time.Duration) {
	b.ReportMetric((processor(b)-began).Seconds()*1000/float64(b.N), "cpu-ms/op")
}

var cdnowKinds = []Kind{NBD, BGNBD, MBGNBD, ParetoNBD}

func BenchmarkFitSample(b *testing.B) { benchmarkFit(b, "CDNOW_sample.txt") }

func BenchmarkFitMaster(b *testing.B) { benchmarkFit(b, "CDNOW_master.txt") }

func benchmarkFit(b *testing.B, file string) {
	c := cdnowRaw(b, file).Customers
	for _, k := range cdnowKinds {
		b.Run(k.String(), func(b *testing.B) {
			began := processor(b)
			for b.Loop() {
				if _, err := Fit(c, Options{Kind: k}); err != nil {
					b.Fatal(err)
				}
			}
			reportProcessor(b, began)
		})
	}
}

// million is the master file 43 times over: 1,013,510 customers, in random order.
func million(b *testing.B) Customers {
	one := cdnowRaw(b, "CDNOW_master.txt").Customers
	var c Customers
	for range 43 {
		c.X, c.Tx, c.T = append(c.X, one.X...), append(c.Tx, one.Tx...), append(c.T, one.T...)
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(c.X), func(i, j int) {
		c.X[i], c.X[j], c.Tx[i], c.Tx[j], c.T[i], c.T[j] = c.X[j], c.X[i], c.Tx[j], c.Tx[i], c.T[j], c.T[i]
	})
	return c
}

// A million customers: collapsing them, the fit on the weighted unique rows, and
// both together; then what is known of everyone.
func BenchmarkMillion(b *testing.B) {
	c := million(b)
	u, _ := Unique(c)
	b.Run("unique", func(b *testing.B) {
		for b.Loop() {
			Unique(c)
		}
	})
	for _, k := range []Kind{BGNBD, MBGNBD, ParetoNBD} {
		b.Run("weighted rows "+k.String(), func(b *testing.B) {
			began := processor(b)
			for b.Loop() {
				if _, err := Fit(u, Options{Kind: k}); err != nil {
					b.Fatal(err)
				}
			}
			reportProcessor(b, began)
		})
		b.Run("customers "+k.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := Fit(c, Options{Kind: k}); err != nil {
					b.Fatal(err)
				}
			}
		})
		m, err := Fit(u, Options{Kind: k})
		if err != nil {
			b.Fatal(err)
		}
		b.Run("score "+k.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := m.Score(c, ScoreOptions{Horizon: 52, Annual: 0.1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkScoreSample(b *testing.B) {
	c := cdnowRaw(b, "CDNOW_sample.txt").Customers
	for _, k := range cdnowKinds {
		m, err := Fit(c, Options{Kind: k})
		if err != nil {
			b.Fatal(err)
		}
		for name, o := range map[string]ScoreOptions{"year": {Horizon: 52, Annual: 0.1}, "forever": {Horizon: 52, Annual: 0.1, Forever: true}} {
			b.Run(k.String()+" "+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := m.Score(c, o); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkSpend(b *testing.B) {
	c := cdnowRaw(b, "CDNOW_sample.txt").Customers
	for b.Loop() {
		if _, err := FitSpend(c.X, c.Spend, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromTransactions(b *testing.B) {
	tx, o := cdnow(b, "CDNOW_master.txt"), cdnowOptions(b)
	for b.Loop() {
		if _, err := FromTransactions(tx, o); err != nil {
			b.Fatal(err)
		}
	}
}
