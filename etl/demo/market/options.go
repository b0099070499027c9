package market

import (
	"fmt"
	"runtime"
	"time"
)

// Options say what to write. The zero value is completed by defaults, but Dir
// has none.
type Options struct {
	Dir     string    // folder that receives data/ and truth/
	Scale   float64   // size, 0.01 to 1000; 0 is 1
	Seed    uint64    // 0 is 1
	AsOf    time.Time // last day of the history; zero is 2026-06-30
	Years   int       // full years before the year of AsOf; 0 is 6
	Format  string    // csv (default) or parquet
	Dirty   bool      // add every kind of dirty data; csv only
	Placebo bool      // plant no effect (placebo)
	Workers int       // goroutines; 0 is one per core
}

// WithDefaults completes and checks the options.
func (o Options) WithDefaults() (Options, error) {
	if o.Scale == 0 {
		o.Scale = 1
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.AsOf.IsZero() {
		o.AsOf = time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	}
	if o.Years == 0 {
		o.Years = 6
	}
	if o.Format == "" {
		o.Format = "csv"
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case o.Dir == "":
		return o, fmt.Errorf("demo: no folder given: set Dir")
	case o.Scale < 0.01 || o.Scale > 1000:
		return o, fmt.Errorf("demo: scale %g is outside 0.01 to 1000", o.Scale)
	case o.Years < 2 || o.Years > 12:
		return o, fmt.Errorf("demo: %d years of history: use 2 to 12, the effects need two full years", o.Years)
	case o.Format != "csv" && o.Format != "parquet":
		return o, fmt.Errorf("demo: format %q is not known: use csv or parquet", o.Format)
	case o.Dirty && o.Format != "csv":
		return o, fmt.Errorf("demo: dirty data can only be written as csv: drop the parquet format or the dirty switch")
	}
	return o, nil
}
