package night

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"verso/etl/ledger"
	"verso/etl/schedule"
)

// house is a warehouse whose refreshes only write the ledger.
type house struct {
	t     *testing.T
	clock *clockwork.FakeClock
	begun chan time.Time
	mu    sync.Mutex
	runs  []ledger.Run
	hold  chan struct{} // when not nil, a refresh waits for it
}

func newHouse(t *testing.T, now string) *house {
	t.Helper()
	at, err := time.Parse(time.RFC3339, now)
	if err != nil {
		t.Fatal(err)
	}
	return &house{t: t, clock: clockwork.NewFakeClockAt(at), begun: make(chan time.Time, 100)}
}

func (h *house) ledger() ([]ledger.Run, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.runs), nil
}

func (h *house) refresh(ctx context.Context, due time.Time) error {
	h.mu.Lock()
	h.runs = append(h.runs, ledger.Run{Started: h.clock.Now(), Status: ledger.StatusRunning})
	i := len(h.runs) - 1
	h.mu.Unlock()
	h.begun <- due
	status, err := ledger.StatusSucceeded, error(nil)
	if h.hold != nil {
		select {
		case <-h.hold:
		case <-ctx.Done():
			status, err = ledger.StatusInterrupted, ctx.Err()
		}
	}
	h.mu.Lock()
	h.runs[i].Status = status
	h.mu.Unlock()
	return err
}

func (h *house) open(text, zone string, catchUp bool) *Night {
	h.t.Helper()
	s, err := schedule.Parse(text, zone)
	if err != nil {
		h.t.Fatal(err)
	}
	n, err := Start(h.t.Context(), Options{Schedule: s, CatchUp: catchUp, Clock: h.clock, Log: slog.New(slog.DiscardHandler), Runs: h.ledger, Refresh: h.refresh})
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// pass lets time pass in small steps until a moment and lists the times of the
// table that began a refresh.
func (h *house) pass(until string) []string {
	h.t.Helper()
	end, err := time.Parse(time.RFC3339, until)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for h.clock.Now().Before(end) {
		ctx, cancel := context.WithTimeout(h.t.Context(), 10*time.Second)
		if err := h.clock.BlockUntilContext(ctx, 2); err != nil {
			h.t.Fatal("nothing waits on the clock: ", err)
		}
		cancel()
		h.clock.Advance(30 * time.Second)
		time.Sleep(200 * time.Microsecond) // the scheduler's goroutines take their turn
	}
	time.Sleep(20 * time.Millisecond)
	for len(h.begun) > 0 {
		out = append(out, (<-h.begun).UTC().Truncate(time.Minute).Format("01-02 15:04"))
	}
	return out
}

func (h *house) want(got []string, want ...string) {
	h.t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		h.t.Error(d)
	}
}

func stop(t *testing.T, n *Night) {
	t.Helper()
	if err := n.Stop(0); err != nil {
		t.Error(err)
	}
}

func TestEveryNightOnce(t *testing.T) {
	h := newHouse(t, "2026-06-27T17:00:00Z") // 01:00 in Shanghai
	h.runs = []ledger.Run{{Started: h.clock.Now().Add(-time.Hour), Status: ledger.StatusSucceeded}, {Started: h.clock.Now().Add(-23 * time.Hour), Status: ledger.StatusSucceeded}}
	n := h.open("0 2 * * *", "Asia/Shanghai", true)
	defer stop(t, n)
	h.want(h.pass("2026-06-27T19:00:00Z"), "06-27 18:00")
	h.want(h.pass("2026-06-28T17:59:00Z"))
	h.want(h.pass("2026-06-28T18:05:00Z"), "06-28 18:00")
}

// The night on which Berlin jumps from two to three, and the one on which it has
// two o'clock twice.
func TestClockChanges(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"jump", "2026-03-29T00:10:00Z", "2026-03-29T04:00:00Z", "03-29 01:00"},
		{"set back", "2026-10-24T23:10:00Z", "2026-10-25T04:00:00Z", "10-25 00:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, c.from)
			n := h.open("30 2 * * *", "Europe/Berlin", false)
			defer stop(t, n)
			h.want(h.pass(c.to), c.want)
		})
	}
}

func TestCatchUp(t *testing.T) {
	at := func(text string) time.Time { v, _ := time.Parse(time.RFC3339, text); return v }
	for _, c := range []struct {
		name    string
		runs    []ledger.Run
		catchUp bool
		want    []string
	}{
		{"missed for three nights: once", []ledger.Run{{Started: at("2026-06-25T02:00:00Z"), Status: ledger.StatusSucceeded}}, true, []string{"06-28 02:00"}},
		{"missed, and not to be caught up", []ledger.Run{{Started: at("2026-06-25T02:00:00Z"), Status: ledger.StatusSucceeded}}, false, nil},
		{"nothing missed", []ledger.Run{{Started: at("2026-06-28T02:00:00Z"), Status: ledger.StatusSucceeded}}, true, nil},
		{"run by hand since", []ledger.Run{{Started: at("2026-06-28T07:00:00Z"), Status: ledger.StatusSucceeded}}, true, nil},
		{"tried, and failed", []ledger.Run{{Started: at("2026-06-28T02:00:00Z"), Status: ledger.StatusFailed}}, true, nil},
		{"begun, and died with the machine", []ledger.Run{{Started: at("2026-06-28T02:00:00Z"), Status: ledger.StatusDied}}, true, []string{"06-28 02:00"}},
		{"begun, and broken off", []ledger.Run{{Started: at("2026-06-28T02:00:00Z"), Status: ledger.StatusInterrupted}}, true, []string{"06-28 02:00"}},
		{"a dry run is none", []ledger.Run{{Started: at("2026-06-28T02:00:00Z"), Status: ledger.StatusSucceeded, Dry: true}}, true, []string{"06-28 02:00"}},
		{"still running", []ledger.Run{{Started: at("2026-06-28T02:00:00Z"), Status: ledger.StatusRunning}}, true, nil},
		{"never run", nil, true, []string{"06-28 02:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, "2026-06-28T09:00:00Z")
			h.runs = c.runs
			n := h.open("0 2 * * *", "", c.catchUp)
			defer stop(t, n)
			h.want(h.pass("2026-06-28T09:05:00Z"), c.want...)
		})
	}
}

// A machine that slept over the hour runs when it wakes.
func TestSleepingMachine(t *testing.T) {
	h := newHouse(t, "2026-06-28T01:00:00Z")
	h.runs = []ledger.Run{{Started: h.clock.Now().Add(-time.Minute), Status: ledger.StatusSucceeded}}
	n := h.open("0 2 * * *", "", true)
	defer stop(t, n)
	h.want(h.pass("2026-06-28T01:01:00Z"))
	h.clock.Advance(7 * time.Hour)
	h.want(h.pass("2026-06-28T08:10:00Z"), "06-28 02:00")
}

// A refresh that is still running when the next is due is not run beside.
func TestOneAtATime(t *testing.T) {
	h := newHouse(t, "2026-06-28T00:59:00Z")
	h.hold = make(chan struct{})
	n := h.open("*/10 * * * *", "", false)
	defer stop(t, n)
	h.want(h.pass("2026-06-28T01:35:00Z"), "06-28 01:00")
	if !n.Running() {
		t.Error("not running")
	}
	close(h.hold)
	h.want(h.pass("2026-06-28T01:45:00Z"), "06-28 01:30", "06-28 01:40")
}

func TestStop(t *testing.T) {
	t.Run("ends what runs", func(t *testing.T) {
		h := newHouse(t, "2026-06-28T09:00:00Z")
		h.hold = make(chan struct{})
		n := h.open("0 2 * * *", "", true)
		<-h.begun
		stop(t, n)
		if runs, _ := h.ledger(); runs[0].Status != ledger.StatusInterrupted {
			t.Errorf("the refresh is %s", runs[0].Status)
		}
	})
	t.Run("lets it finish within the grace", func(t *testing.T) {
		h := newHouse(t, "2026-06-28T09:00:00Z")
		h.hold = make(chan struct{})
		n := h.open("0 2 * * *", "", true)
		<-h.begun
		go func() { time.Sleep(50 * time.Millisecond); close(h.hold) }()
		if err := n.Stop(time.Hour); err != nil {
			t.Error(err)
		}
		if runs, _ := h.ledger(); runs[0].Status != ledger.StatusSucceeded {
			t.Errorf("the refresh is %s", runs[0].Status)
		}
	})
}

// Two servers on one ledger: what the one has begun the other leaves alone.
func TestTwoNightsOneLedger(t *testing.T) {
	h := newHouse(t, "2026-06-28T01:59:00Z")
	first := h.open("0 2 * * *", "", false)
	defer stop(t, first)
	s, _ := schedule.Parse("2 2 * * *", "")
	if Covered([]ledger.Run{{Started: h.clock.Now(), Status: ledger.StatusRunning}}, s.Last(h.clock.Now())) != true {
		t.Error("a run in progress does not count")
	}
	second := h.open("0 2 * * *", "", false)
	defer stop(t, second)
	if got := h.pass("2026-06-28T02:10:00Z"); len(got) == 0 || len(got) > 2 {
		t.Errorf("%v", got) // at most both at once: the warehouse lock decides then
	}
}

func TestLedgerUnreadable(t *testing.T) {
	h := newHouse(t, "2026-06-28T09:00:00Z")
	s, _ := schedule.Parse("0 2 * * *", "")
	n, err := Start(t.Context(), Options{Schedule: s, CatchUp: true, Clock: h.clock, Log: slog.New(slog.DiscardHandler), Refresh: h.refresh,
		Runs: func() ([]ledger.Run, error) { return nil, errors.New("damaged") }})
	if err != nil {
		t.Fatal(err)
	}
	defer stop(t, n)
	h.want(h.pass("2026-06-28T09:03:00Z"), "06-28 02:00")
}
