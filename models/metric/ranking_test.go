package metric

import (
	"encoding/csv"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s: got %.8g, want %.8g ± %g", what, got, want, tolerance)
	}
}

// telco reads the out-of-fold scores of an XGBoost model of the IBM Telco data.
func telco(t *testing.T) (y, p []float64, fold []int) {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "telco", "telco_encoded_xgb_oof.csv"))
	if err != nil {
		t.Skip("the Telco data set is not there: set VERSO_DATA")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows[1:] {
		var v [3]float64
		for k := range v {
			if v[k], err = strconv.ParseFloat(r[19+k], 64); err != nil {
				t.Fatal(err)
			}
		}
		y, p, fold = append(y, v[0]), append(p, v[2]), append(fold, int(v[1]))
	}
	return y, p, fold
}

// TestTelcoScores: the means over five folds that scikit-learn 1.2.1 gave for
// these scores: AUC .8468, AP .6658, Brier .1344, log-loss .4136, lift 2.88;
// and ECE .0083 over the folds together.
func TestTelcoScores(t *testing.T) {
	y, p, fold := telco(t)
	var auc, ap, brier, loss, lift float64
	for k := range 5 {
		var fy, fp []float64
		for i := range y {
			if fold[i] == k {
				fy, fp = append(fy, y[i]), append(fp, p[i])
			}
		}
		f, err := NewForecast(fy, fp, nil)
		if err != nil {
			t.Fatal(err)
		}
		l, err := f.Lift(.1)
		if err != nil {
			t.Fatal(err)
		}
		auc, ap, brier, loss = auc+f.AUC()/5, ap+f.AveragePrecision()/5, brier+f.Brier()/5, loss+f.LogLoss()/5
		lift += l / 5
	}
	near(t, "AUC", auc, .8468, 6e-5)
	near(t, "AP", ap, .6658, 6e-5)
	near(t, "Brier", brier, .1344, 6e-5)
	near(t, "log-loss", loss, .4136, 6e-5)
	near(t, "lift at 10 %", lift, 2.88, .011)
	pooled, err := NewForecast(y, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	ece, err := pooled.ECE(10)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ECE", ece, .0083, 6e-5)
}

// sample draws outcomes with tied scores and weights 0 to 3.
func sample(n int, seed uint64) (y, p, w []float64) {
	rng := rand.New(rand.NewPCG(seed, 1))
	for range n {
		q := float64(rng.IntN(21)) / 20
		v := 0.0
		if rng.Float64() < .1+.6*q {
			v = 1
		}
		y, p, w = append(y, v), append(p, q), append(w, float64(rng.IntN(4)))
	}
	return y, p, w
}

// TestAUCBrute counts all pairs.
func TestAUCBrute(t *testing.T) {
	y, p, w := sample(300, 1)
	var wins, pairs float64
	for i := range y {
		for j := range y {
			if y[i] == 1 && y[j] == 0 {
				pairs += w[i] * w[j]
				switch {
				case p[i] > p[j]:
					wins += w[i] * w[j]
				case p[i] == p[j]:
					wins += w[i] * w[j] / 2
				}
			}
		}
	}
	r, err := NewRanking(y, p, w)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "AUC", r.AUC(), wins/pairs, 1e-12)
}

// TestAveragePrecision: the example of scikit-learn's documentation of
// average_precision_score, .8333.
func TestAveragePrecision(t *testing.T) {
	r, err := NewRanking([]float64{0, 0, 1, 1}, []float64{.1, .4, .35, .8}, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "AP", r.AveragePrecision(), 5.0/6, 1e-12)
	near(t, "AUC", r.AUC(), .75, 1e-12)
	near(t, "recall of 2", r.RecallAt(2), .5, 1e-12)
	near(t, "recall of 100", r.RecallAt(100), 1, 1e-12)
	near(t, "recall of -1", r.RecallAt(-1), 0, 1e-12)
	g, err := r.Gain(.25, 1)
	if err != nil {
		t.Fatal(err)
	}
	if g[0] != (GainPoint{Share: .25, Recall: .5, Rate: 1, Lift: 2}) || g[1] != (GainPoint{1, 1, .5, 1}) {
		t.Errorf("gain %+v", g)
	}
	if len(r.Deciles()) != 10 {
		t.Error("deciles are ten")
	}
}

// all measures of a forecast, for the properties below.
func all(t *testing.T, y, p, w []float64) []float64 {
	t.Helper()
	f, err := NewForecast(y, p, w)
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.BrierParts(10)
	if err != nil {
		t.Fatal(err)
	}
	e, err := f.ECE(10)
	if err != nil {
		t.Fatal(err)
	}
	l, err := f.Lift(.13)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.EMPC(Retention{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Brier parts", b.Reliability-b.Resolution+b.Uncertainty+b.Within, b.Brier, 1e-12)
	near(t, "recall of a share", f.RecallAt(.13*(f.pos+f.neg)), l*.13, 1e-12)
	return []float64{f.AUC(), f.AveragePrecision(), f.LogLoss(), f.Brier(), b.Reliability, b.Resolution, b.Within, e, l, m.PerCustomer, m.Share}
}

// TestProperties: weights equal repeated rows; the order of rows is no matter.
func TestProperties(t *testing.T) {
	y, p, w := sample(400, 2)
	var ry, rp []float64
	for i := range y {
		for range int(w[i]) {
			ry, rp = append(ry, y[i]), append(rp, p[i])
		}
	}
	want, repeated := all(t, y, p, w), all(t, ry, rp, nil)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(y), func(i, j int) {
		y[i], y[j], p[i], p[j], w[i], w[j] = y[j], y[i], p[j], p[i], w[j], w[i]
	})
	shuffled := all(t, y, p, w)
	for k := range want {
		near(t, "repeated "+strconv.Itoa(k), repeated[k], want[k], 1e-12)
		near(t, "shuffled "+strconv.Itoa(k), shuffled[k], want[k], 1e-12)
	}
}

func TestRefused(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name    string
		y, p, w []float64
		want    error
	}{
		{"empty", nil, nil, nil, ErrShape},
		{"lengths", []float64{0, 1}, []float64{.5}, nil, ErrShape},
		{"weights", []float64{0, 1}, []float64{.5, .6}, []float64{1}, ErrShape},
		{"one class", []float64{1, 1}, []float64{.5, .6}, nil, ErrOneClass},
		{"weight 0", []float64{1, 0}, []float64{.5, .6}, []float64{1, 0}, ErrOneClass},
		{"outcome", []float64{2, 0}, []float64{.5, .6}, nil, ErrValue},
		{"probability", []float64{1, 0}, []float64{.5, 1.6}, nil, ErrValue},
		{"NaN", []float64{1, 0}, []float64{.5, nan}, nil, ErrValue},
		{"weight NaN", []float64{1, 0}, []float64{.5, .5}, []float64{1, nan}, ErrValue},
	} {
		if _, err := NewForecast(c.y, c.p, c.w); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	r, err := NewRanking([]float64{1, 0}, []float64{5, -5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Gain(0); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := r.EMPC(Retention{Offer: 300}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := (&Forecast{r}).Calibration(0); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// TestEMPC integrates the best profit over γ numerically, cut by cut.
func TestEMPC(t *testing.T) {
	y, p, w := sample(200, 3)
	r, err := NewRanking(y, p, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Retention{{}, {Alpha: 3, Beta: 3, Value: 100, Offer: 20, Contact: 5}, {Alpha: 2, Beta: 30, Value: 50, Offer: 20, Contact: 9}} {
		d := c.withDefaults()
		delta, phi := d.Offer/d.Value, d.Contact/d.Value
		pi := r.BaseRate()
		var profit, share, mass float64
		const steps = 20000
		for s := range steps {
			g := (float64(s) + .5) / steps
			density := math.Pow(g, d.Alpha-1) * math.Pow(1-g, d.Beta-1)
			best, at := 0.0, 0.0
			var f1, f0 float64
			for _, x := range r.groups {
				f1 += x.pos / r.pos
				f0 += x.neg / r.neg
				if v := d.Value * ((g*(1-delta)-phi)*pi*f1 - (delta+phi)*(1-pi)*f0); v > best {
					best, at = v, pi*f1+(1-pi)*f0
				}
			}
			profit, share, mass = profit+density*best, share+density*at, mass+density
		}
		got, err := r.EMPC(c)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "EMPC", got.PerCustomer, profit/mass, 1e-5*(1+profit/mass))
		near(t, "share", got.Share, share/mass, 1e-4)
	}
}

// TestMoneyScales: all money times ten is ten times the profit and the same share.
func TestMoneyScales(t *testing.T) {
	y, p, w := sample(200, 4)
	r, err := NewRanking(y, p, w)
	if err != nil {
		t.Fatal(err)
	}
	a, err := r.EMPC(Retention{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.EMPC(Retention{Value: 2000, Offer: 100, Contact: 10})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "profit", b.PerCustomer, 10*a.PerCustomer, 1e-9)
	near(t, "share", b.Share, a.Share, 1e-12)
}
