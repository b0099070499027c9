package anomaly_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"verso/olap/anomaly"
)

// series is months of money with a trend, a season and noise of a tenth.
func series(r *rand.Rand, n int, noise float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		season := 1 + 0.4*math.Sin(2*math.Pi*float64(i)/12) + 0.3*float64(b(i%12 == 11))
		values[i] = 1e6 * math.Exp(0.004*float64(i)+noise*r.NormFloat64()) * season
	}
	return values
}

func b(is bool) int {
	if is {
		return 1
	}
	return 0
}

// The share of alarms among ordinary values is the one asked for: at lengths of
// 3 to 8 years, never more than half above it.
func TestFalseAlarmRate(t *testing.T) {
	for _, n := range []int{36, 60, 96} {
		for _, alpha := range []float64{0.05, 0.01} {
			r := rand.New(rand.NewPCG(uint64(n), 1))
			alarms, all := 0, 0
			for range 300 {
				points, err := anomaly.Detect(series(r, n, 0.1), anomaly.Options{Season: 12, Alpha: alpha, Scale: anomaly.Log})
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range points {
					all++
					alarms += b(p.Alarm)
				}
			}
			rate := float64(alarms) / float64(all)
			t.Logf("%d months, alpha %.2f: %.4f of %d", n, alpha, rate, all)
			if rate > 1.5*alpha || rate < 0.3*alpha {
				t.Errorf("%d months: %.4f of ordinary values are alarms, want about %.2f", n, rate, alpha)
			}
		}
	}
}

// A month at 60% of what is usual stands out, wherever it is, and does not make
// its neighbours or other Decembers stand out.
func TestPower(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	found, others, all := 0, 0, 0
	for trial := range 200 {
		values := series(r, 60, 0.1)
		at := trial * 7 % 60
		values[at] *= 0.6
		points, err := anomaly.Detect(values, anomaly.Options{Season: 12, Scale: anomaly.Log})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range points {
			switch {
			case i == at:
				found += b(p.Alarm && p.Score < 0)
			default:
				all++
				others += b(p.Alarm)
			}
		}
	}
	t.Logf("found %d of 200; %d alarms among %d ordinary months", found, others, all)
	if found < 170 {
		t.Errorf("found %d of 200 falls by 40%%", found)
	}
	if float64(others)/float64(all) > 0.02 {
		t.Errorf("%d alarms among %d ordinary months", others, all)
	}
}

// Several anomalies do not hide each other.
func TestAnomaliesDoNotHideEachOther(t *testing.T) {
	values := series(rand.New(rand.NewPCG(9, 1)), 72, 0.05)
	for _, i := range []int{20, 32, 44, 71} {
		values[i] *= 0.5
	}
	points, err := anomaly.Detect(values, anomaly.Options{Season: 12, Scale: anomaly.Log})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{20, 32, 44, 71} {
		if p := points[i]; !p.Alarm || p.Value >= p.Low {
			t.Errorf("month %d: %+v", i, p)
		}
	}
}

func TestDegenerateSeries(t *testing.T) {
	var short *anomaly.TooShortError
	for _, values := range [][]float64{nil, {1}, make([]float64, 13), {math.NaN(), math.NaN()}} {
		if _, err := anomaly.Detect(values, anomaly.Options{Season: 12}); !errors.As(err, &short) {
			t.Errorf("%d values: %v", len(values), err)
		}
	}
	flat := make([]float64, 60)
	flat[40] = 5
	for _, scale := range []anomaly.Scale{anomaly.Level, anomaly.Log, anomaly.Counts} {
		points, err := anomaly.Detect(flat, anomaly.Options{Season: 12, Scale: scale})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range points {
			if math.IsNaN(p.Score) || math.IsNaN(p.P) {
				t.Errorf("month %d: %+v", i, p)
			}
		}
	}
	gaps := series(rand.New(rand.NewPCG(3, 1)), 60, 0.1)
	gaps[10], gaps[59] = math.NaN(), math.NaN()
	points, err := anomaly.Detect(gaps, anomaly.Options{Season: 12, Scale: anomaly.Log})
	if err != nil || points[10].Alarm || !math.IsNaN(points[10].Expected) {
		t.Errorf("%v %+v", err, points)
	}
}
