package retry

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/source"
	"verso/olap/engine"
)

// flaky fails with the given errors, one a landing, then succeeds.
type flaky struct {
	source.Source
	errors []error
	calls  int
}

func (f *flaky) Land(context.Context, engine.Conn, source.Request) (source.Report, error) {
	f.calls++
	if len(f.errors) > 0 {
		err := f.errors[0]
		f.errors = f.errors[1:]
		return source.Report{}, err
	}
	return source.Report{Read: 7, Landed: 7}, nil
}

func TestRetry(t *testing.T) {
	passing := &source.UnreadableError{Source: "erp", What: "the connection broke off", Passing: true}
	lasting := &source.UnreadableError{Source: "erp", What: "there is no such database"}
	for _, c := range []struct {
		name     string
		errors   []error
		attempts int
		calls    int
		fails    string
	}{
		{"at once", nil, 0, 1, ""},
		{"passes", []error{passing, passing}, 0, 3, ""},
		{"used up", []error{passing, passing, passing}, 0, 3, "attempt 3 of 3"},
		{"once only", []error{passing}, 1, 1, "broke off"},
		{"lasting", []error{lasting}, 0, 1, "no such database"},
		{"other", []error{errors.New("disk full")}, 0, 1, "disk full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &flaky{errors: slices.Clone(c.errors)}
			s := Wrap("erp", f, Policy{Attempts: c.attempts, Wait: func(context.Context, time.Duration) error { return nil }})
			r, err := s.Land(context.Background(), nil, source.Request{})
			if f.calls != c.calls {
				t.Errorf("%d calls", f.calls)
			}
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) || r.Read != 0 {
					t.Errorf("%+v, %v", r, err)
				}
				return
			}
			want := source.Report{Read: 7, Landed: 7}
			if len(c.errors) > 0 {
				want.Attempts = c.calls
				want.Notes = []string{"attempt 1 failed: source erp: the connection broke off", "attempt 2 failed: source erp: the connection broke off"}
			}
			if d := cmp.Diff(want, r); err != nil || d != "" {
				t.Error(err, d)
			}
		})
	}
}

// Waits double up to the longest, vary between half and all, and are the same
// for the same seed.
func TestPause(t *testing.T) {
	p := Policy{First: time.Second, Most: 10 * time.Second}
	waits := func(seed uint64) (out []time.Duration) {
		chance := rand.New(rand.NewPCG(seed, 1))
		for n := 2; n < 9; n++ {
			out = append(out, p.Pause(n, chance))
		}
		return out
	}
	got := waits(5)
	for i, top := range []time.Duration{1, 2, 4, 8, 10, 10, 10} {
		if top *= time.Second; got[i] < top/2 || got[i] > top {
			t.Errorf("wait %d is %v of %v", i, got[i], top)
		}
	}
	if !slices.Equal(got, waits(5)) || slices.Equal(got, waits(6)) {
		t.Error("the seed does not decide", got, waits(5), waits(6))
	}
}

func TestCancelledWait(t *testing.T) {
	f := &flaky{errors: []error{&source.UnreadableError{Passing: true}}}
	ctx, cancel := context.WithCancel(context.Background())
	s := Wrap("erp", f, Policy{First: time.Hour, Most: time.Hour})
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	if _, err := s.Land(ctx, nil, source.Request{}); !errors.Is(err, context.Canceled) || time.Since(began) > time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
