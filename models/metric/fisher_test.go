package metric

import (
	"math"
	"math/big"
	"testing"
)

// exactTail sums the hypergeometric tail in integers.
func exactTail(n, a, c, both int) float64 {
	sum := new(big.Int)
	for x := both; x <= min(a, c); x++ {
		left := new(big.Int).Binomial(int64(a), int64(x))
		right := new(big.Int).Binomial(int64(n-a), int64(c-x))
		sum.Add(sum, left.Mul(left, right))
	}
	tail, _ := new(big.Float).Quo(new(big.Float).SetInt(sum),
		new(big.Float).SetInt(new(big.Int).Binomial(int64(n), int64(c)))).Float64()
	return tail
}

func TestFisherAgainstIntegers(t *testing.T) {
	for n := 1; n <= 14; n++ {
		for a := 0; a <= n; a++ {
			for c := 0; c <= n; c++ {
				for both := max(0, a+c-n); both <= min(a, c); both++ {
					check(t, n, a, c, both, 1e-13)
				}
			}
		}
	}
	for _, k := range [][4]int{{9835, 160, 1072, 69}, {9835, 2513, 1903, 736}, {500, 250, 250, 125}, {500, 250, 250, 160}, {3000, 1500, 40, 22}} {
		check(t, k[0], k[1], k[2], k[3], 1e-12)
	}
}

func check(t *testing.T, n, a, c, both int, tolerance float64) {
	t.Helper()
	got, want := math.Exp(LogFisherGreater(n, a, c, both)), exactTail(n, a, c, both)
	if math.IsNaN(got) || math.Abs(got-want) > tolerance*want {
		t.Errorf("n %d, a %d, c %d, both %d: got %g, want %g", n, a, c, both, got, want)
	}
}

func TestFisherFarOut(t *testing.T) {
	// All 1 000 units with either mark have both: 1 / C(1e6, 1000), which is
	// 1e-3433 and below any float64. lgamma is good to 1e-9 here.
	lg := func(x float64) float64 { l, _ := math.Lgamma(x); return l }
	want := lg(1001) + lg(999001) - lg(1000001)
	if got := LogFisherGreater(1000000, 1000, 1000, 1000); math.Abs(got-want) > 1e-6 {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, k := range [][4]int{{0, 0, 0, 0}, {10, 11, 2, 1}, {10, 5, 5, 6}, {10, 8, 8, 5}, {10, -1, 2, 0}} {
		if got := LogFisherGreater(k[0], k[1], k[2], k[3]); !math.IsNaN(got) {
			t.Errorf("the impossible table %v gives %v", k, got)
		}
	}
}

// The p-values and what Benjamini & Hochberg reject come from section 3.1 of
// their paper of 1995: at 0.05 Bonferroni rejects 3 of 15, their procedure 4.
func TestMultipleTestsOfThePaper(t *testing.T) {
	p := []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1}
	count := func(adjusted []float64) (k int) {
		for _, v := range adjusted {
			if v <= .05 {
				k++
			}
		}
		return k
	}
	if b, h, q := count(Bonferroni(p, 0)), count(Holm(p, 0)), count(BenjaminiHochberg(p, 0)); b != 3 || h != 3 || q != 4 {
		t.Errorf("rejected %d, %d, %d; want 3, 3, 4", b, h, q)
	}
	if got, want := BenjaminiHochberg(p, 0)[3], .0095*15/4; math.Abs(got-want) > 1e-15 {
		t.Errorf("the fourth has rate %v, want %v", got, want)
	}
}

func TestLeftOutTestsCountAsOne(t *testing.T) {
	some, all := []float64{.03, .001, .2}, []float64{.03, .001, .2, 1, 1, 1, 1}
	for name, f := range map[string]func([]float64, int) []float64{"BH": BenjaminiHochberg, "Holm": Holm, "Bonferroni": Bonferroni} {
		short, long := f(some, len(all)), f(all, 0)
		for i := range some {
			if short[i] != long[i] {
				t.Errorf("%s: %v and %v", name, short, long)
			}
		}
	}
}
