package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"verso/olap/api/turns"
)

// running is what runs now, and whose turn it is.
type running struct {
	all turns.Turns // of questions
	sql turns.Turns // of SQL statements

	mu   sync.Mutex
	work map[string]*work
	per  map[string]int // by person
}

// work is a question that runs.
type work struct {
	ID      string    `json:"id"`
	Person  string    `json:"person"`
	Door    string    `json:"door"`
	What    string    `json:"what"`
	Started time.Time `json:"started"`
	RanMS   float64   `json:"ran_ms"`
	cancel  context.CancelCauseFunc
}

func newRunning(l Limits) *running {
	n := &running{work: map[string]*work{}, per: map[string]int{}}
	n.set(l)
	return n
}

func (n *running) set(l Limits) {
	n.all.Set(l.Running)
	n.sql.Set(l.Statements)
}

// begin notes that a person's question runs, unless too many of theirs do.
func (n *running) begin(w *work, most int) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.per[w.Person] >= most {
		return &Error{Status: http.StatusTooManyRequests, Code: "too_many", Retry: 1,
			Message: fmt.Sprintf("%d of your questions run already, which is the most", most), Hint: "wait for one of them, or cancel one (" + Root + "running)"}
	}
	n.work[w.ID] = w
	n.per[w.Person]++
	return nil
}

// start waits for the request's turn and gives the context within which it may
// run. done ends it. SQL has its own turns besides.
func (a *API) start(r *request, isSQL bool) (ctx context.Context, done func(), err error) {
	n, limits := a.running, a.limits()
	own, cancel := context.WithCancelCause(r.Context())
	w := &work{ID: r.id, Person: r.person.Name, Door: r.entry.Door, What: r.entry.What, Started: a.o.Clock(), cancel: cancel}
	if err := n.begin(w, limits.PerPerson); err != nil {
		cancel(nil)
		return nil, nil, err
	}
	release := []func(){func() { n.end(w) }}
	done = func() {
		for _, f := range slices.Backward(release) {
			f()
		}
	}
	queues := []*turns.Turns{&n.all}
	if isSQL {
		queues = append(queues, &n.sql)
	}
	for _, t := range queues {
		if err := wait(own, t, limits.Wait); err != nil {
			done()
			return nil, nil, err
		}
		release = append(release, t.Give)
	}
	limited, stop := context.WithTimeout(own, limits.Time)
	release = append(release, stop)
	r.Request = r.Request.WithContext(limited)
	return limited, done, nil
}

// wait takes a turn, or says that there is none.
func wait(ctx context.Context, t *turns.Turns, longest time.Duration) error {
	limit, stop := context.WithTimeout(ctx, longest)
	defer stop()
	err := t.Take(limit)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	most, _ := t.State()
	return &Error{Status: http.StatusServiceUnavailable, Code: "busy", Retry: 5,
		Message: fmt.Sprintf("%d questions run, and none ended within %s", most, longest), Hint: "ask again later"}
}

func (n *running) end(w *work) {
	w.cancel(nil)
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.work, w.ID)
	if n.per[w.Person]--; n.per[w.Person] == 0 {
		delete(n.per, w.Person)
	}
}

// mayEnd reports whether a person may see and end what another runs.
func mayEnd(r *request, owner string) bool { return r.person.Admin || r.person.Name == owner }

// runningList answers GET running.
func (a *API) runningList(r *request) error {
	list := []work{}
	now := a.o.Clock()
	a.running.mu.Lock()
	for _, w := range a.running.work {
		if mayEnd(r, w.Person) {
			shown := *w
			shown.RanMS = milliseconds(now.Sub(w.Started))
			list = append(list, shown)
		}
	}
	a.running.mu.Unlock()
	slices.SortFunc(list, func(a, b work) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID)) })
	return r.reply(map[string]any{"running": list})
}

// runningCancel answers DELETE running/{id}.
func (a *API) runningCancel(r *request) error {
	id := r.PathValue("id")
	a.running.mu.Lock()
	w := a.running.work[id]
	a.running.mu.Unlock()
	if w == nil || !mayEnd(r, w.Person) {
		return &Error{Status: http.StatusNotFound, Code: "not_found", Message: "no question of that id runs"}
	}
	w.cancel(errCancelled)
	r.w.WriteHeader(http.StatusNoContent)
	return nil
}

// number reads a whole number of the address; value where it is not given.
func (r *request) number(name string, value int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return value, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, refusef("number", "a whole number, 0 or more", "%s=%s is no number", name, text)
	}
	return n, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
