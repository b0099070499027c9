package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"verso/olap/api"
)

// BenchmarkKnown is what the API does for a question whose answer is known, and
// for one that has not changed for the client.
func BenchmarkKnown(b *testing.B) {
	d := open(b, api.Limits{})
	const question = "sales by customer.type x year show net, orders, margin_pct totals all"
	first := d.ask("POST query", question)
	for name, tag := range map[string]string{"known": "", "unchanged": first.header.Get("ETag")} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, api.Root+"query", strings.NewReader(question))
				r.Header.Set("Content-Type", "text/plain")
				if tag != "" {
					r.Header.Set("If-None-Match", tag)
				}
				w := &discarded{header: http.Header{}}
				d.api.ServeHTTP(w, r)
				if w.status != http.StatusOK && w.status != http.StatusNotModified {
					b.Fatal(w.status)
				}
			}
		})
	}
	b.Run("new", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			r := httptest.NewRequest(http.MethodPost, api.Root+"query", strings.NewReader(fmt.Sprintf("sales by customer.type show net having net > %d", n)))
			r.Header.Set("Content-Type", "text/plain")
			w := &discarded{header: http.Header{}}
			if d.api.ServeHTTP(w, r); w.status != http.StatusOK {
				b.Fatal(w.status)
			}
		}
	})
}

// discarded is an answer that nobody reads.
type discarded struct {
	header http.Header
	status int
}

func (w *discarded) Header() http.Header { return w.header }

func (w *discarded) WriteHeader(status int) { w.status = status }

func (w *discarded) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return io.Discard.Write(p)
}
