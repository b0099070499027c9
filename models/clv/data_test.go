package clv

import (
	"bufio"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// dataFile is a file of the data sets, or the test is skipped.
func dataFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the data set %s is not here: set VERSO_DATA to the folder of the data sets", name)
	}
	return path
}

// columns reads a CSV of numbers by its header.
func columns(t testing.TB, name string) map[string][]float64 {
	t.Helper()
	file, err := os.Open(dataFile(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := map[string][]float64{}
	for _, record := range records[1:] {
		for i, text := range record {
			list[records[0][i]] = append(list[records[0][i]], number(t, text))
		}
	}
	return list
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// cdnow reads the purchases of CDNOW: the master file of 23,570 customers or the
// published tenth of them.
func cdnow(t testing.TB, name string) Transactions {
	t.Helper()
	file, err := os.Open(dataFile(t, "cdnow/"+name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var tx Transactions
	for lines := bufio.NewScanner(file); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 4 || f[0] == "customer_id" {
			continue
		}
		f = f[len(f)-4:] // the sample has the master's number before its own
		tx.Customer = append(tx.Customer, int64(number(t, f[0])))
		tx.Day = append(tx.Day, day(t, f[1]))
		tx.Amount = append(tx.Amount, number(t, f[3]))
	}
	return tx
}

// day is a date such as 19970930 in days since 1970.
func day(t testing.TB, text string) int {
	t.Helper()
	d, err := time.Parse("20060102", text)
	if err != nil {
		t.Fatal(err)
	}
	return int(d.Unix() / 86400)
}

// cdnowOptions end the calibration period of 39 weeks. The published counts hold
// the few days on which nothing was charged.
func cdnowOptions(t testing.TB) RowOptions {
	return RowOptions{AsOf: day(t, "19970930"), CountFree: true}
}

// cdnowRaw is the calibration period with weeks as exact sevenths; cdnowSummary
// has the sample's numbers rounded to hundredths, as the published file has them.
func cdnowRaw(t testing.TB, name string) *Rows {
	t.Helper()
	rows, err := FromTransactions(cdnow(t, name), cdnowOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func cdnowSummary(t testing.TB) Customers {
	t.Helper()
	g := columns(t, "cdnow/golden_predictions.csv")
	return Customers{X: g["x"], Tx: g["tx"], T: g["T"], Spend: g["zbar"]}
}

func donations(t testing.TB) Customers {
	t.Helper()
	d := columns(t, "cdnow/donations.csv")
	return Customers{X: d["frequency"], Tx: d["recency"], T: d["periods"], Weight: d["weights"]}
}

func within(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %.10g, want %.10g ± %g", what, got, want, tolerance)
	}
}

func relative(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
		t.Errorf("%s: got %.10g, want %.10g ± %g of it", what, got, want, tolerance)
	}
}
