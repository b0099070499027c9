package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// family is a top over two subjects of two and three titles.
func family(t *testing.T) *Structure {
	t.Helper()
	s, err := Tree([]int{-1, 0, 0}, []int{1, 1, 2, 2, 2})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func randomBase(rng *rand.Rand, s *Structure, steps int) [][]float64 {
	base := make([][]float64, s.size())
	for i := range base {
		for range steps {
			base[i] = append(base[i], 10+20*rng.Float64())
		}
	}
	return base
}

func coherent(t *testing.T, what string, s *Structure, f [][]float64) {
	t.Helper()
	for k, node := range s.Nodes {
		for i, v := range f[k] {
			for _, l := range node {
				v -= f[len(s.Nodes)+l][i]
			}
			if math.Abs(v) > 1e-9 {
				t.Errorf("%s: sum %d differs from its leaves by %v at step %d", what, k, v, i)
			}
		}
	}
}

// The formula as published, S·(S'W⁻¹S)⁻¹·S'W⁻¹·base, by dense matrices with W
// written out, must agree with the form used.
func TestReconcileAgainstTheFormula(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 1))
	groups, err := Sums(4, [][]int{{0, 1, 2, 3}, {0, 1}, {2, 3}, {0, 2}, {3, 1}, {3}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Structure{family(t), groups} {
		base := randomBase(rng, s, 3)
		errs := make([][]float64, s.size())
		for i := range errs {
			for range 12 {
				errs[i] = append(errs[i], (1+float64(i))*rng.NormFloat64())
			}
		}
		for _, how := range []Reconciliation{Structural, MinT} {
			w := mat.NewDense(s.size(), s.size(), nil)
			lambda := Shrinkage(errs)
			for i := range errs {
				for j := range errs {
					var v float64
					if how == MinT {
						for k := range errs[i] {
							v += errs[i][k] * errs[j][k] / 12
						}
						if i != j {
							v *= 1 - lambda
						}
					} else if i == j {
						v = 1
						if i < len(s.Nodes) {
							v = float64(len(s.Nodes[i]))
						}
					}
					w.Set(i, j, v)
				}
			}
			sum := mat.NewDense(s.size(), s.Leaves, nil)
			for k, node := range s.Nodes {
				for _, l := range node {
					sum.Set(k, l, 1)
				}
			}
			for l := range s.Leaves {
				sum.Set(len(s.Nodes)+l, l, 1)
			}
			flat := mat.NewDense(s.size(), 3, nil)
			for i := range base {
				flat.SetRow(i, base[i])
			}
			var inverse, left, right, leaves, want mat.Dense
			if err := inverse.Inverse(w); err != nil {
				t.Fatal(err)
			}
			left.Product(sum.T(), &inverse, sum)
			right.Product(sum.T(), &inverse, flat)
			if err := leaves.Solve(&left, &right); err != nil {
				t.Fatal(err)
			}
			want.Mul(sum, &leaves)
			got, err := s.Reconcile(base, how, errs)
			if err != nil {
				t.Fatal(err)
			}
			coherent(t, string(how), s, got)
			for i := range got {
				for h, v := range got[i] {
					close(t, fmt.Sprintf("%s, series %d", how, i), v, want.At(i, h), 1e-8)
				}
			}
			again, err := s.Reconcile(got, how, errs)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				for h := range got[i] {
					close(t, "coherent forecasts stay", again[i][h], got[i][h], 1e-9)
				}
			}
		}
	}
}

func TestTopDownAndBottomUp(t *testing.T) {
	s := family(t)
	base := [][]float64{{100}, {30}, {20}, {10}, {10}, {6}, {0}, {2}}
	got, err := s.Reconcile(base, TopDown, nil)
	if err != nil {
		t.Fatal(err)
	}
	// Shares 30:20 of 100, then 10:10 of 60 and 6:0:2 of 40.
	if want := [][]float64{{100}, {60}, {40}, {30}, {30}, {30}, {0}, {10}}; !reflect.DeepEqual(got, want) {
		t.Errorf("top-down %v", got)
	}
	got, err = s.Reconcile(base, BottomUp, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := [][]float64{{28}, {20}, {8}, {10}, {10}, {6}, {0}, {2}}; !reflect.DeepEqual(got, want) {
		t.Errorf("bottom-up %v", got)
	}
}

func TestStructuresAreChecked(t *testing.T) {
	for name, make := range map[string]func() error{
		"circle":     func() error { _, err := Tree([]int{1, 0}, []int{0}); return err },
		"two tops":   func() error { _, err := Tree([]int{-1, -1}, []int{0, 1}); return err },
		"no leaf":    func() error { _, err := Tree([]int{-1, 0}, []int{0}); return err },
		"lost leaf":  func() error { _, err := Tree([]int{-1}, []int{0, -1}); return err },
		"unknown":    func() error { _, err := Sums(2, [][]int{{0, 2}}); return err },
		"twice":      func() error { _, err := Sums(2, [][]int{{0, 0}}); return err },
		"wrong size": func() error { _, err := family(t).Reconcile([][]float64{{1}}, BottomUp, nil); return err },
		"few errors": func() error { _, err := family(t).weights(MinT, nil); return err },
		"not a tree": func() error {
			s, _ := Sums(1, [][]int{{0}})
			_, err := s.Reconcile([][]float64{{1}, {1}}, TopDown, nil)
			return err
		},
		"missing sum": func() error {
			s, _ := Sums(1, nil)
			_, err := s.Reconcile([][]float64{{math.NaN()}}, BottomUp, nil)
			return err
		},
	} {
		if err := make(); !errors.Is(err, ErrStructure) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Five titles of one market: every way must give coherent forecasts that are
// not below zero, and reconciled ones must not do worse than those of the nodes
// on their own, on average over many worlds.
func TestFitHierarchy(t *testing.T) {
	s := family(t)
	loss := map[Reconciliation]float64{}
	var alone, inside, count float64
	for seed := range uint64(12) {
		leaves := worlds(40+seed, 5, 66, 12)
		rng := rand.New(rand.NewPCG(seed, 3))
		for i := range leaves {
			for k := range leaves[i].Values {
				leaves[i].Values[k] = math.Max(0, math.Round(leaves[i].Values[k]/4+4*rng.NormFloat64()))
			}
		}
		var values, came [][]float64
		for i := range leaves {
			values = append(values, leaves[i].Values)
			leaves[i].Values = leaves[i].Values[:60]
		}
		came = s.Aggregate(values)
		score := func(m *Model) (sum float64) {
			for i, f := range m.Forecasts {
				sum += Measure(came[i][:60], 12, came[i][60:], f.Mean).RMSSE
			}
			return sum
		}
		for _, how := range []Reconciliation{BottomUp, TopDown, Structural, MinT} {
			m, err := FitHierarchy(context.Background(), s, []string{"all", "a", "b"}, leaves, how, Options{Horizon: 6})
			if err != nil {
				t.Fatal(err)
			}
			var means [][]float64
			for _, f := range m.Forecasts {
				means = append(means, f.Mean)
				for h, v := range f.Mean {
					if v < 0 || f.Lower[1][h] > v || f.Upper[1][h] < v {
						t.Errorf("%s: %v within %v to %v", how, v, f.Lower[1][h], f.Upper[1][h])
					}
				}
			}
			coherent(t, string(how), s, means)
			for i, f := range m.Forecasts {
				if how == MinT {
					inside += Coverage(came[i][60:], f.Lower[1], f.Upper[1])
					count++
				}
			}
			loss[how] += score(m)
		}
		var all []Series
		for _, v := range came {
			all = append(all, Series{Values: v[:60], Period: 12})
		}
		alone += score(fit(t, all, Options{Horizon: 6}))
	}
	t.Logf("summed RMSSE: nodes alone %.2f, %v", alone, loss)
	t.Logf("coverage of the 95 %% intervals after MinT: %.3f", inside/count)
	if share := inside / count; share < 0.92 || share > 0.99 {
		t.Errorf("the 95 %% intervals cover %.3f after MinT", share)
	}
	if loss[MinT] > alone || loss[Structural] > alone || loss[MinT] > loss[BottomUp] {
		t.Errorf("nodes alone %.2f, reconciled %v", alone, loss)
	}
}

func TestFitHierarchyRefuses(t *testing.T) {
	s := family(t)
	names := []string{"all", "a", "b"}
	leaves := worlds(50, 5, 30, 1)
	if _, err := FitHierarchy(context.Background(), s, names[:2], leaves, MinT, Options{}); !errors.Is(err, ErrStructure) {
		t.Errorf("missing name: %v", err)
	}
	leaves[3].Start++
	if _, err := FitHierarchy(context.Background(), s, names, leaves, MinT, Options{}); !errors.Is(err, ErrStructure) {
		t.Errorf("another start: %v", err)
	}
	leaves[3].Start--
	if _, err := FitHierarchy(context.Background(), s, names, leaves, "magic", Options{}); err == nil {
		t.Error("an unknown way was accepted")
	}
	for i := range leaves {
		leaves[i].Values = leaves[i].Values[:5]
	}
	m, err := FitHierarchy(context.Background(), s, names, leaves, MinT, Options{Horizon: 2})
	if err != nil || m.Forecasts[0].Reason == "" {
		t.Errorf("without backtests: %v", err)
	}
}

// 1,000 titles under 61 sums.
func BenchmarkReconcile(b *testing.B) {
	parents, leaves := []int{-1}, make([]int, 1000)
	for k := range 60 {
		parents = append(parents, 0)
		for l := k; l < len(leaves); l += 60 {
			leaves[l] = k + 1
		}
	}
	s, err := Tree(parents, leaves)
	if err != nil {
		b.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	base, errs := randomBase(rng, s, 12), randomBase(rng, s, 72)
	for _, how := range []Reconciliation{BottomUp, Structural, MinT} {
		b.Run(string(how), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Reconcile(base, how, errs); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
