package propensity

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"verso/models/metric"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s: got %.8g, want %.8g ± %g", what, got, want, tolerance)
	}
}

// dataFile finds a file of the shared data sets or skips the test.
func dataFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data set %s is not there: set VERSO_DATA", name)
	}
	return path
}

func readCSV(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open(dataFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// telco is the IBM Telco churn data with its 19 features, 16 of them levels,
// and the folds of scikit-learn's StratifiedKFold(5, shuffle, random_state=0).
// A blank TotalCharges (11 customers of tenure 0) is missing.
func telco(t testing.TB) (s Sample, fold []int) {
	t.Helper()
	rows := readCSV(t, "telco/Telco-Customer-Churn.csv")
	for k, name := range rows[0] {
		c := Column{Name: name}
		for _, r := range rows[1:] {
			v := strings.TrimSpace(r[k])
			switch name {
			case "tenure", "MonthlyCharges", "TotalCharges":
				x, err := strconv.ParseFloat(v, 64)
				if err != nil {
					x = math.NaN()
				}
				c.Numbers = append(c.Numbers, x)
			default:
				c.Levels = append(c.Levels, v)
			}
		}
		switch name {
		case "customerID":
		case "Churn":
			for _, v := range c.Levels {
				y := 0.0
				if v == "Yes" {
					y = 1
				}
				s.Y = append(s.Y, y)
			}
		default:
			s.X = append(s.X, c)
		}
	}
	for _, r := range readCSV(t, "telco/folds_seed0.csv")[1:] {
		k, err := strconv.Atoi(r[3])
		if err != nil {
			t.Fatal(err)
		}
		fold = append(fold, k)
	}
	return s, fold
}

// split are the rows outside and inside a fold.
func splitFold(fold []int, k int) (train, test []int) {
	for i, f := range fold {
		if f == k {
			test = append(test, i)
		} else {
			train = append(train, i)
		}
	}
	return train, test
}

// quality are the means over the folds; ECE is over all rows together.
type quality struct{ auc, ap, brier, loss, lift, ece float64 }

type scorer interface {
	Score(x Table) ([]float64, error)
}

func crossValidate(t *testing.T, s Sample, fold []int, fit func(train Sample) (scorer, error)) quality {
	t.Helper()
	var q quality
	oof := make([]float64, len(s.Y))
	for k := range 5 {
		train, test := splitFold(fold, k)
		m, err := fit(s.Take(train))
		if err != nil {
			t.Fatal(err)
		}
		held := s.Take(test)
		p, err := m.Score(held.X)
		if err != nil {
			t.Fatal(err)
		}
		for j, i := range test {
			oof[i] = p[j]
		}
		f, err := metric.NewForecast(held.Y, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		lift, err := f.Lift(.1)
		if err != nil {
			t.Fatal(err)
		}
		q.auc, q.ap, q.brier, q.loss, q.lift = q.auc+f.AUC()/5, q.ap+f.AveragePrecision()/5, q.brier+f.Brier()/5, q.loss+f.LogLoss()/5, q.lift+lift/5
	}
	f, err := metric.NewForecast(s.Y, oof, nil)
	if err != nil {
		t.Fatal(err)
	}
	if q.ece, err = f.ECE(10); err != nil {
		t.Fatal(err)
	}
	t.Logf("AUC %.5f AP %.4f Brier %.5f log-loss %.5f lift@10%% %.3f ECE %.4f", q.auc, q.ap, q.brier, q.loss, q.lift, q.ece)
	return q
}

// made is a sample with numbers, levels, missing values and a known law.
func made(n int, seed uint64) Sample {
	rng := rand.New(rand.NewPCG(seed, 5))
	a, b, c := make([]float64, n), make([]float64, n), make([]float64, n)
	g := make([]string, n)
	y := make([]float64, n)
	for i := range n {
		a[i], b[i], c[i] = rng.NormFloat64(), math.Floor(rng.Float64()*5), rng.ExpFloat64()
		g[i] = []string{"", "red", "green", "blue", "gold", "grey", "pink"}[rng.IntN(7)]
		m := a[i] - .5*b[i] + .3
		if g[i] == "red" || g[i] == "gold" {
			m++
		}
		if rng.Float64() < .1 {
			a[i] = math.NaN()
		}
		if rng.Float64() < sigmoid(m) {
			y[i] = 1
		}
	}
	return Sample{X: Table{{Name: "a", Numbers: a}, {Name: "b", Numbers: b}, {Name: "c", Numbers: c}, {Name: "g", Levels: g}}, Y: y}
}
