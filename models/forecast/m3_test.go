package forecast

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// sharedData finds a public data set, or skips the test.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("VERSO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("public data set %s is not here (VERSO_DATA names its folder)", name)
	}
	return path
}

// class is one of the four parts of the M3 competition (Makridakis & Hibon
// 2000): its histories and what came after them.
type class struct {
	name    string
	horizon int
	series  []Series
	came    [][]float64
}

func readM3(t testing.TB) []class {
	t.Helper()
	file, err := os.Open(sharedData(t, filepath.Join("m3", "m3_long.csv.gz")))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var classes []class
	for _, row := range rows[1:] { // series,period,type,h,n,start,freq,split,t,value
		if len(classes) == 0 || classes[len(classes)-1].name != row[1] {
			h, _ := strconv.Atoi(row[3])
			classes = append(classes, class{name: row[1], horizon: h})
		}
		c := &classes[len(classes)-1]
		if n := len(c.series); n == 0 || c.series[n-1].Name != row[0] {
			period, _ := strconv.Atoi(row[6])
			c.series = append(c.series, Series{Name: row[0], Period: period})
			c.came = append(c.came, nil)
		}
		v, err := strconv.ParseFloat(row[9], 64)
		if err != nil {
			t.Fatal(err)
		}
		k := len(c.series) - 1
		if row[7] == "train" {
			c.series[k].Values = append(c.series[k].Values, v)
		} else {
			c.came[k] = append(c.came[k], v)
		}
	}
	return classes
}

// inner hides the competition's holdout: the last horizon of each history is
// what comes, from at least 8 values. Choices of defaults are made on this.
func inner(classes []class) []class {
	var out []class
	for _, c := range classes {
		d := class{name: c.name, horizon: c.horizon}
		for _, s := range c.series {
			cut := max(8, len(s.Values)-c.horizon)
			d.came = append(d.came, s.Values[cut:])
			s.Values = s.Values[:cut]
			d.series = append(d.series, s)
		}
		out = append(out, d)
	}
	return out
}

// result is how well forecasts of M3 did.
type result struct {
	smape           map[string]float64 // by class, and "all"
	mase            float64            // mean over the series, as the literature has it
	cover80         float64
	cover95         float64
	cover95By       map[string]float64
	score, relative float64 // mean 95 % interval score and mean bias, in units of the MASE scale
}

func evaluate(t testing.TB, classes []class, o Options) result {
	t.Helper()
	r := result{smape: map[string]float64{}, cover95By: map[string]float64{}}
	points, series, scaledPoints := 0.0, 0.0, 0.0
	for _, c := range classes {
		o.Horizon = c.horizon
		m, err := Fit(context.Background(), c.series, o)
		if err != nil {
			t.Fatal(err)
		}
		n, sum := 0.0, 0.0
		for i, f := range m.Forecasts {
			came := c.came[i]
			k := float64(len(came))
			n += k
			sum += k * SMAPE(came, f.Mean)
			scale, _ := Scales(c.series[i].Values, c.series[i].Period)
			a := Measure(c.series[i].Values, c.series[i].Period, came, f.Mean)
			r.mase += a.MASE
			series++
			if len(f.Lower) < 2 {
				t.Fatalf("%s has no intervals: %s", f.Name, f.Reason)
			}
			r.cover80 += k * Coverage(came, f.Lower[0], f.Upper[0])
			r.cover95By[c.name] += k * Coverage(came, f.Lower[1], f.Upper[1])
			if scale > 0 {
				scaledPoints += k
				r.score += k * IntervalScore(came, f.Lower[1], f.Upper[1], 0.95) / scale
				r.relative += k * a.Bias
			}
		}
		points += n
		r.smape[c.name] = sum / n
		r.smape["all"] += sum
		r.cover95 += r.cover95By[c.name]
		r.cover95By[c.name] /= n
	}
	r.smape["all"] /= points
	r.mase /= series
	r.cover80 /= points
	r.cover95 /= points
	r.score /= scaledPoints
	r.relative /= scaledPoints
	if math.IsNaN(r.mase + r.score) {
		t.Fatal("a measure is NaN")
	}
	return r
}
