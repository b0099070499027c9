package clv

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

// Values of this file not said to be from elsewhere were computed with mpmath to
// 40 digits.

func TestTricomiU(t *testing.T) {
	for _, c := range [][4]float64{ // a, b, z, U
		{1, 1.5, 0.13, 3.4156779380592862},
		{1, 1.394, 0.1, 3.4401598468699103},
		{0.6062, 0.6062, 0.13, 1.3177669910416163},
		{0.6062, 0.6062, 0.0027, 2.0123152802533675},
		{0.408, 0.408, 0.3, 1.0314254370884017},
		{1, 2, 0.01, 100},
		{1, -3, 0.5, 0.21594507977209305},
		{2.5, 0.7, 1e-06, 1.7328429579851408},
		{0.05, 0.05, 0.01, 1.028499559727766},
		{3, 4, 25, 6.4e-5},
		{1, 1.9, 1e-09, 134532381.91048433},
		{20, 1, 5, 1.1877282303978494e-25},
		{0.5, 0.5, 300, 0.057639279036032108},
		{1, -98, 0.2, 0.010080438210042496},
	} {
		got, ok := TricomiU(c[0], c[1], c[2])
		if !ok {
			t.Errorf("U(%v): not computed", c[:3])
		}
		relative(t, "U", got, c[3], 1e-11)
	}
	for _, c := range [][3]float64{{0, 1, 1}, {1, 1, 0}, {math.NaN(), 1, 1}, {1, math.Inf(1), 1}, {-1, 1, 1}, {1, 400, 1e-9}} {
		if u, ok := TricomiU(c[0], c[1], c[2]); ok || u != 0 && !math.IsInf(u, 1) {
			t.Errorf("U(%v) = %v", c, u)
		}
	}
}

// Kummer's transformation relates two integrals that are computed on different
// ground: U(s, s, z) = z^(1−s) · U(1, 2−s, z).
func TestTricomiUTransformed(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 300 {
		s, z := math.Exp(rng.Float64()*6-3), math.Exp(rng.Float64()*14-9)
		u, _ := TricomiU(s, s, z)
		v, _ := TricomiU(1, 2-s, z)
		relative(t, "U(s,s,z)", u, math.Pow(z, 1-s)*v, 1e-10)
	}
}

func TestBetaFuture(t *testing.T) {
	for _, c := range [][7]float64{ // r, alpha, a, b, t, expected, survival
		{0.2426, 4.4136, 0.7929, 2.4259, 39, 1.1950476815137786, 0.79469307527952969},
		{2.2426, 43.27, 0.7929, 4.4259, 39, 1.6872910291665746, 0.78059367709815016},
		{1, 5, 1, 3, 10, 1.4156329485097404, 0.70781647425487021},
		{0.3, 5, 0.4, 0.6, 20, 0.74500647302518406, 0.79800580355737509},
		{0.25, 4, 0.8, 2.4, 5000, 12.322679602485623, 0.28999959623894507},
		{30.2, 40, 0.8, 32, 520, 107.94210341249442, 0.12893660044510415},
		{150, 60, 0.8, 140, 30, 62.701215922846336, 0.71059894400617033},
		{0.5, 6, 1e-06, 2, 40, 3.3333296107580702, 0.99999920207984588},
		{400, 60, 3, 5, 100, 3.499764826162189, 7.0652992812565108e-7},
		{0.7, 2, 5, 0.5, 1000, 1.1089394763149755, 0.013948576070026731},
		{12, 30, 0.05, 9000, 52, 20.798699307974113, 0.99988459668006917},
		{3, 1, 1.0000001, 4, 3, 4.6394430409051871, 0.37706329456765923},
		{10002, 62770, 5936, 10002, 1000, 2.685256950294861, 2.4104483053340743e-26},
		{10002, 62770, 5936, 10002, 1, 0.15470712275160097, 0.94238056041160195},
		{5, 20, 60, 300, 30, 4.0461857564076668, 0.33039601352135751},
		{10000, 50000, 40, 200, 30, 3.8025604470247225, 0.37169155706018029},
	} {
		f := betaFuture{c[0], c[1], c[2], c[3]}
		relative(t, "expected", f.expected(c[4]), c[5], 1e-10)
		relative(t, "survival", f.survival(c[4]), c[6], 1e-9)
	}
	for _, c := range [][6]float64{ // r, alpha, a, b, delta, discounted
		{0.2426, 4.4136, 0.7929, 2.4259, 0.0027, 3.6435019588177492},
		{2.2426, 43.27, 0.7929, 4.4259, 0.0027, 7.0969552794963882},
		{26.24, 35.4, 0.7929, 28.4, 0.0027, 73.167025810283992},
		{0.7, 3, 2.5, 0.5, 0.01, 1.0594665619628138},
	} {
		relative(t, "discounted", betaFuture{c[0], c[1], c[2], c[3]}.discounted(c[4]), c[5], 1e-7)
	}
}

// The two ways in which the expectation of BG/NBD is computed agree where they
// meet, and with the published formula where gonum's 2F1 can take it.
func TestBetaFutureBothWays(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	compared := 0
	for range 300 {
		f := betaFuture{math.Exp(rng.Float64()*4 - 2), math.Exp(rng.Float64() * 4), math.Exp(rng.Float64()*4 - 3), math.Exp(rng.Float64()*4 - 2)}
		z := 0.05 + 0.85*rng.Float64()
		time := f.alpha * z / (1 - z)
		w := time / f.alpha
		direct := betaMean(f.a, f.b, w*max(f.r, 1), func(p float64) float64 {
			if p == 0 {
				return f.r * w
			}
			return -math.Expm1(-f.r*math.Log1p(p*w)) / p
		})
		relative(t, "expected", f.expected(time), direct, 1e-9)
		alive := betaMean(f.a, f.b, w*max(f.r, 1), func(p float64) float64 { return math.Exp(-f.r * math.Log1p(p*w)) })
		within(t, "survival", f.survival(time), alive, 1e-9)
		if math.Abs(f.a-1) > 0.05 && f.a+f.b > 1.05 {
			published := (f.a + f.b - 1) / (f.a - 1) * (1 - math.Pow(1-z, f.r)*mathext.Hypergeo(f.r, f.b, f.a+f.b-1, z))
			if math.IsNaN(published) {
				continue // gonum's function gives up here
			}
			compared++
			relative(t, "published formula", f.expected(time), published, 1e-7)
		}
	}
	if compared < 100 {
		t.Errorf("only %d were compared with the published formula", compared)
	}
}

func TestLeaving(t *testing.T) {
	for _, c := range [][7]float64{ // p, alpha, q, beta, lo, hi, ln of the integral
		{2.5533, 10.578, 1.6062, 11.669, 30.43, 38.86, -13.730247411119447},
		{0.5, 10, 1.6, 0.001, 0, 39, 3.4991010748842836},
		{0.5, 0.0001, 1.6, 11, 0, 39, -2.1081880076453896},
		{200.5, 60, 1.6, 5, 30, 39, -908.71666066045761},
		{2000.5, 0.6, 1.6, 5, 3, 390, -2572.1553430205591},
		{1.5, 10, 5001, 40000, 3, 39, -52996.449066613246},
		{3.5, 10, 1.6, 11, 38.999, 39, -26.788311415973288},
		{0.3, 1, 1.0001, 5, 0, 100000.0, 0.756301053043268},
	} {
		within(t, "ln ∫", leaving(c[0], c[1], c[2], c[3], c[4], c[5], nil), c[6], 1e-10*max(1, math.Abs(c[6])/100))
	}
}

// Every rule of panelRules, at the edge of where it is used, against eight
// panels of 32 nodes.
func TestLeavingRules(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	worst := 0.0
	for range 20000 {
		p, q := math.Exp(rng.Float64()*8-2), 1+math.Exp(rng.Float64()*7-5)
		alpha, beta := math.Exp(rng.Float64()*10-4), math.Exp(rng.Float64()*10-4)
		hi := math.Exp(rng.Float64() * 4)
		lo := hi * rng.Float64()
		n := min(alpha, beta)
		half := math.Log1p((hi-lo)/(n+lo)) / 16
		var total float64
		for k := range 8 {
			for i, node := range gauss32.x {
				rise := math.Exp(half * (float64(2*k+1) + node))
				y := (n+lo)*rise - n
				total += gauss32.w[i] * half * (n + y) * math.Exp(-p*math.Log((alpha+y)/(alpha+lo))-q*math.Log((beta+y)/(beta+lo)))
			}
		}
		want := math.Log(total) - p*math.Log(alpha+lo) - q*math.Log(beta+lo)
		if (p+q)*16*half > 200 {
			continue // eight panels are not enough to judge by
		}
		worst = max(worst, math.Abs(leaving(p, alpha, q, beta, lo, hi, nil)-want))
	}
	t.Logf("largest error of the logarithm %.1e", worst)
	if worst > 1e-10 {
		t.Errorf("largest error of the logarithm %.1e", worst)
	}
}

// Polygamma: Abramowitz & Stegun: ψ(1) = −γ, ψ'(1) = π²/6, ψ'(1/2) = π²/2.
func TestPolygamma(t *testing.T) {
	psi, tri := polygamma(1)
	within(t, "ψ(1)", psi, -0.57721566490153286061, 1e-14)
	within(t, "ψ'(1)", tri, math.Pi*math.Pi/6, 1e-14)
	_, tri = polygamma(0.5)
	within(t, "ψ'(1/2)", tri, math.Pi*math.Pi/2, 1e-13)
	for _, k := range []float64{0, 1, 5, 24, 25, 300} {
		for _, a := range []float64{1e-6, 0.3, 7, 4000} {
			v, d, s := rising(a, k)
			var wantV, wantD, wantS float64
			for j := 0.0; j < k; j++ {
				wantV += math.Log(a + j)
				wantD += 1 / (a + j)
				wantS -= 1 / ((a + j) * (a + j))
			}
			within(t, "rising", v, wantV, 1e-11*max(1, math.Abs(wantV)))
			within(t, "its derivative", d, wantD, 1e-11*max(1, math.Abs(wantD)))
			within(t, "its second derivative", s, wantS, 1e-11*max(1, math.Abs(wantS)))
		}
	}
}

// Derivatives of every likelihood against differences of it.
func TestDerivatives(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	c := Customers{}
	for range 60 {
		x := float64(rng.IntN(4) * rng.IntN(12))
		age := 1 + math.Floor(rng.Float64()*40)
		tx := 0.0
		if x > 0 {
			tx = max(1, math.Floor(age*rng.Float64()))
		}
		c.X, c.Tx, c.T = append(c.X, min(x, tx)), append(c.Tx, tx), append(c.T, age)
		c.Purchase = append(c.Purchase, []float64{float64(rng.IntN(2)), rng.Float64()})
		c.Dropout = append(c.Dropout, []float64{rng.Float64()})
	}
	for i := range c.X {
		if c.X[i] == 0 {
			c.Tx[i] = 0
		}
	}
	for _, k := range []Kind{NBD, BGNBD, MBGNBD, ParetoNBD, BGBB} {
		if k == NBD {
			c.Dropout = nil
		} else if k == BGBB {
			c.Purchase, c.Dropout = nil, nil
		} else if c.Dropout == nil {
			for range c.X {
				c.Dropout = append(c.Dropout, []float64{rng.Float64()})
			}
		}
		table, err := newTable(c, k)
		if err != nil {
			t.Fatal(err)
		}
		d := newDesign(k, len(c.at(0).Purchase), len(c.at(0).Dropout))
		f := newObjective(table, k, d)
		if k == BGBB {
			f = newBetaObjective(table)
		}
		checkDerivatives(t, k.String(), f, d.base+len(d.effects), rng)
	}
	rows := []spendRow{{1, 20, 1}, {1, 33, 2}, {3, 18, 1}, {40, 25, 1}}
	checkDerivatives(t, "spend", spendObjective(rows), 3, rng)
}

func checkDerivatives(t *testing.T, what string, f objective, n int, rng *rand.Rand) {
	theta := make([]float64, n)
	for i := range theta {
		theta[i] = rng.Float64()*2 - 0.5
	}
	g, h := make([]float64, n), make([]float64, n*n)
	f(theta, g, h)
	g1, g2, scratch := make([]float64, n), make([]float64, n), make([]float64, n*n)
	const step = 1e-5
	for i := range theta {
		theta[i] += step
		up := f(theta, g1, scratch)
		theta[i] -= 2 * step
		down := f(theta, g2, scratch)
		theta[i] += step
		within(t, what+" gradient", g[i], (up-down)/(2*step), 1e-5*max(1, math.Abs(g[i])))
		for j := range theta {
			within(t, what+" Hessian", h[i*n+j], (g1[j]-g2[j])/(2*step), 1e-6*max(10, math.Abs(h[i*n+j])))
		}
	}
}
