package file

import (
	"os"
	"path/filepath"
	"testing"

	"verso/etl/config"
)

// realData finds a file of the shared data sets.
func realData(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("VERSO_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("the data set is not there: set VERSO_DATA")
	}
	return path
}

// Row counts are those that the data sets' own descriptions give.
func TestRealFiles(t *testing.T) {
	for name, c := range map[string]struct{ rows, columns int }{
		"online_retail/online_retail.csv.gz": {541909, 8},
		"hillstrom/hillstrom.csv.gz":         {64000, 12},
		"telco/Telco-Customer-Churn.csv":     {7043, 21},
		"cdnow/cdnow_customers_summary.csv":  {2357, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			rows, rejects, r := b.land(config.Source{Path: realData(t, name)})
			if len(rows) != c.rows || len(rejects) != 0 || c.columns > 0 && len(r.Columns) != c.columns {
				t.Errorf("%d rows, %d rejects %v, columns %v", len(rows), len(rejects), rejects[:min(3, len(rejects))], r.Columns)
			}
		})
	}
}
