package file

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"verso/etl/config"
	"verso/etl/source/landing"
	"verso/olap/engine"
)

// writeLines writes n sales lines as CSV. Every quoteEvery-th has a quoted text.
func writeLines(t testing.TB, path string, n, quoteEvery int) int64 {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintln(w, "line_id,order_id,line_no,customer,title_id,order_date,qty,unit_price,discount_pct,ccy,note")
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		note := "note " + strconv.Itoa(i*7919%1000)
		if quoteEvery > 0 && i%quoteEvery == 0 {
			note = `"` + note + `, said ""so"""`
		}
		fmt.Fprintf(w, "%d,%d,%d,C%06d,T%06d,%s,%d,%d.%02d,%d,CNY,%s\n", i, i/4, i%4+1, i/4*31%20000, i*17%50000,
			day.AddDate(0, 0, i/5000).Format(time.DateOnly), i%5+1, i*13%2000, i%100, i%4*5, note)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	info, _ := f.Stat()
	f.Close()
	return info.Size()
}

const benchLines = 2_000_000

// BenchmarkLandCSV is a clean file through the engine's scan, every record
// checked beside it; BenchmarkPlainCopy the same COPY without any check.
func BenchmarkLandCSV(b *testing.B) {
	for _, quotes := range []int{0, 1} {
		b.Run(fmt.Sprintf("quotes=%v", quotes > 0), func(b *testing.B) {
			w := newBench(b)
			path := filepath.Join(w.dir, "big.csv")
			b.SetBytes(writeLines(b, path, benchLines, quotes))
			for b.Loop() {
				src := w.source(config.Source{Path: path})
				r, err := src.Land(context.Background(), w.conn, w.request())
				if err != nil || r.Landed != benchLines {
					b.Fatal(r.Landed, err)
				}
			}
		})
	}
}

// BenchmarkPlainCopy is what BenchmarkLandCSV is measured against.
func BenchmarkPlainCopy(b *testing.B) {
	w := newBench(b)
	path := filepath.Join(w.dir, "big.csv")
	b.SetBytes(writeLines(b, path, benchLines, 0))
	out := filepath.Join(w.dir, "plain.parquet")
	for b.Loop() {
		_, err := w.conn.Exec(context.Background(), engine.SQL("COPY (SELECT * FROM read_csv("+engine.QuoteText(path)+", all_varchar = true)) TO "+engine.QuoteText(out)+" ("+landing.ParquetOptions+")"))
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLandDirty has one broken record, at the end: the worst case, as the
// copy is thrown away.
func BenchmarkLandDirty(b *testing.B) {
	w := newBench(b)
	path := filepath.Join(w.dir, "big.csv")
	size := writeLines(b, path, benchLines, 0)
	f, _ := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	io.WriteString(f, "1,\"lost\n")
	f.Close()
	b.SetBytes(size)
	for b.Loop() {
		src := w.source(config.Source{Path: path})
		r, err := src.Land(context.Background(), w.conn, w.request())
		if err != nil || r.Landed != benchLines || r.Rejected != 1 {
			b.Fatal(r.Landed, err)
		}
	}
}

// BenchmarkRecords is the record reader alone, on one core.
func BenchmarkRecords(b *testing.B) {
	for _, quotes := range []int{0, 1} {
		b.Run(fmt.Sprintf("quotes=%v", quotes > 0), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "big.csv")
			b.SetBytes(writeLines(b, path, 500_000, quotes))
			for b.Loop() {
				f, err := os.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				r := newReader(f, dialect{delim: ',', quote: '"', escape: '"', header: true})
				r.columns = 11
				n := 0
				for {
					rec, err := r.next()
					if err != nil {
						break
					}
					if rec.kind != clean {
						b.Fatal(string(rec.raw))
					}
					n++
				}
				f.Close()
				if n != 500_001 {
					b.Fatal(n)
				}
			}
		})
	}
	runtime.GC()
}
