package backtest

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"verso/models/propensity"
)

// readCSV reads a file of the shared data sets or skips the test.
func readCSV(t testing.TB, name string) [][]string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the data set %s is not there: set VERSO_DATA", name)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// telcoData is the IBM Telco churn data and scikit-learn's
// StratifiedKFold(5, shuffle, random_state=0) of it.
func telcoData(t testing.TB) (s Sample, fold []string) {
	t.Helper()
	rows := readCSV(t, "telco/Telco-Customer-Churn.csv")
	for k, name := range rows[0] {
		c := propensity.Column{Name: name}
		for _, r := range rows[1:] {
			v := strings.TrimSpace(r[k])
			switch name {
			case "customerID":
				s.Customer = append(s.Customer, v)
			case "Churn":
				y := 0.0
				if v == "Yes" {
					y = 1
				}
				s.Y = append(s.Y, y)
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
		if c.Numbers != nil || c.Levels != nil {
			s.X = append(s.X, c)
		}
	}
	for _, r := range readCSV(t, "telco/folds_seed0.csv")[1:] {
		fold = append(fold, r[3])
	}
	return s, fold
}
