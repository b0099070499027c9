package olap_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// slowDB answers statements that read facts after a while, and counts them.
type slowDB struct {
	engine.Database
	wait  time.Duration
	mu    sync.Mutex
	asked int
}

func (d *slowDB) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	d.mu.Lock()
	d.asked++
	d.mu.Unlock()
	select {
	case <-time.After(d.wait):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return d.Database.Query(ctx, s)
}

func limited(t *testing.T, l olap.Limits) (*olap.Olap, *slowDB) {
	t.Helper()
	db := &slowDB{Database: olaptest.Star(t)}
	o, err := olap.Open(context.Background(), db, olap.Options{Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	return o, db
}

var byType = cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net", "aov"}, Totals: cube.Totals{Grand: true}}

// An answer given again is the same and asks nothing; in another language it is
// another answer.
func TestAnswersAreKept(t *testing.T) {
	o, db := limited(t, olap.Limits{})
	first, err := o.Ask(t.Context(), byType)
	if err != nil {
		t.Fatal(err)
	}
	asked := db.asked
	first.Notes = append(first.Notes, "mine")
	second, err := o.Ask(t.Context(), byType)
	if err != nil || db.asked != asked || o.Cached().Hits != 1 {
		t.Fatalf("%v, asked %d times more, %+v", err, db.asked-asked, o.Cached())
	}
	if len(second.Notes) != 0 {
		t.Error("a note of one asker shows up at another:", second.Notes)
	}
	if diff := cmp.Diff(first.Rows, second.Rows, cmp.Comparer(func(a, b engine.Decimal) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	zh, err := o.In("zh").Ask(t.Context(), byType)
	if err != nil || zh.Columns[0].Label == first.Columns[0].Label {
		t.Error(err, zh.Columns[0].Label)
	}
}

func TestEqualQuestionsAreComputedOnce(t *testing.T) {
	o, db := limited(t, olap.Limits{})
	if _, err := o.Ask(t.Context(), cube.Query{Cube: "sales", Rows: []string{"customer.type"}, Measures: []string{"net"}}); err != nil {
		t.Fatal(err) // proves the joins
	}
	db.wait, db.asked = 20*time.Millisecond, 0
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if _, err := o.Ask(t.Context(), byType); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if db.asked != 1 {
		t.Errorf("12 equal questions were asked %d times", db.asked)
	}
}

func TestNothingKept(t *testing.T) {
	o, db := limited(t, olap.Limits{Cache: -1})
	for range 2 {
		if _, err := o.Ask(t.Context(), byType); err != nil {
			t.Fatal(err)
		}
	}
	if s := o.Cached(); s.Entries != 0 || s.Hits != 0 || db.asked < 2 {
		t.Errorf("%+v", s)
	}
}

// A question that takes too long is refused, and the next is answered.
func TestTimeLimit(t *testing.T) {
	o, db := limited(t, olap.Limits{Time: 30 * time.Millisecond, Cache: -1})
	db.wait = time.Second
	_, err := o.Ask(t.Context(), byType)
	var late *olap.TimeError
	if !errors.As(err, &late) || late.Limit != 30*time.Millisecond {
		t.Fatal(err)
	}
	gone, leave := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer leave()
	if _, err := o.Ask(gone, byType); !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late) {
		t.Errorf("the asker's own deadline is %v", err)
	}
	db.wait = 0
	slow, err := olap.Open(t.Context(), db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Ask(t.Context(), byType); err != nil {
		t.Error(err)
	}
}

// Questions beyond the number that may run wait for their turn; none is lost.
func TestQuestionsWaitTheirTurn(t *testing.T) {
	o, db := limited(t, olap.Limits{Running: 2, Cache: -1})
	db.wait = 2 * time.Millisecond
	var all sync.WaitGroup
	for _, measure := range []string{"net", "gross", "copies", "lines", "orders", "customers", "titles", "aov"} {
		all.Go(func() {
			if _, err := o.Ask(t.Context(), cube.Query{Cube: "sales", Measures: []string{measure}}); err != nil {
				t.Error(measure, err)
			}
		})
	}
	all.Wait()
}

func BenchmarkAskCached(b *testing.B) {
	o, err := olap.Open(b.Context(), olaptest.Star(b), olap.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := o.Ask(b.Context(), byType); err != nil {
			b.Fatal(err)
		}
	}
}

// Of compiling: the first time, and again.
func BenchmarkCompile(b *testing.B) {
	o, err := olap.Open(b.Context(), olaptest.Star(b), olap.Options{})
	if err != nil {
		b.Fatal(err)
	}
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type", "class.l1"}, Columns: []string{"date.quarter"},
		Measures: []string{"net", "margin_pct"}, Totals: cube.Totals{Grand: true, Rows: true, Cols: true}}
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			if _, err := o.Explain(q); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("anew", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			q.Limit = 1000 + n
			if _, err := o.Explain(q); err != nil {
				b.Fatal(err)
			}
		}
	})
}
