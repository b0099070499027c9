package api

import (
	"cmp"
	"slices"
	"time"

	"verso/olap/api/asked"
	"verso/olap/api/audit"
)

// logged is a line of GET log.
type logged struct {
	audit.Entry
	Took float64 `json:"took_ms"`
}

// log answers GET log: the person's recent questions, an administrator's
// everybody's.
func (a *API) log(r *request) error {
	slow, err := r.number("slow", 0)
	if err != nil {
		return err
	}
	limit, err := r.number("limit", 200)
	if err != nil {
		return err
	}
	list := []logged{}
	for _, e := range a.recent.Latest() {
		if !mayEnd(r, e.Person) || e.Took < time.Duration(slow)*time.Millisecond {
			continue
		}
		if len(list) == limit {
			break
		}
		list = append(list, logged{e, milliseconds(e.Took)})
	}
	return r.reply(map[string]any{"log": list})
}

// slowQuestion is a row of GET log/slow.
type slowQuestion struct {
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	User     string    `json:"user"`
	Kind     string    `json:"kind"` // the door it came by: query, sql, facts, mcp/query …
	Text     string    `json:"text"`
	MS       float64   `json:"ms"`
	Rows     int64     `json:"rows"`
	Source   string    `json:"source"` // see asked.SourceOf
	Rollup   string    `json:"rollup,omitempty"`
	Rejected []string  `json:"rejected,omitempty"` // rollups that could not answer, with the reason
	Outcome  string    `json:"outcome"`            // ok, unchanged, or the code of the error
}

// Defaults of GET log/slow.
const (
	slowAfter = 100 // milliseconds
	slowLimit = 200 // rows
)

// logSlow answers GET log/slow: of the questions remembered those that took long,
// the slowest first; one's own, an administrator's everybody's.
func (a *API) logSlow(r *request) error {
	least, err := r.number("min_ms", slowAfter)
	if err != nil {
		return err
	}
	limit, err := r.number("limit", slowLimit)
	if err != nil {
		return err
	}
	since, err := r.moment("since")
	if err != nil {
		return err
	}
	list, oldest := []slowQuestion{}, a.o.Clock()
	for _, e := range a.recent.Latest() {
		oldest = e.Time
		if !mayEnd(r, e.Person) || e.Took < time.Duration(least)*time.Millisecond || e.Time.Before(since) {
			continue
		}
		list = append(list, slowQuestion{ID: e.ID, Time: e.Time, User: e.Person, Kind: e.Door, Text: e.What, MS: milliseconds(e.Took), Rows: e.Rows,
			Source: asked.SourceOf(e), Rollup: e.Rollup, Rejected: e.Rejected, Outcome: e.Outcome})
	}
	slices.SortFunc(list, func(a, b slowQuestion) int {
		return cmp.Or(cmp.Compare(b.MS, a.MS), b.Time.Compare(a.Time), cmp.Compare(a.ID, b.ID))
	})
	count := len(list)
	return r.reply(map[string]any{"slow": list[:min(limit, count)], "row_count": count, "more": count > limit, "min_ms": least, "remembered_since": oldest})
}

// moment reads a time of the address, RFC 3339 or a day in UTC; the zero time
// where it is not given.
func (r *request) moment(name string) (time.Time, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, refusef("time", "2026-01-31 or 2026-01-31T08:00:00Z", "%s=%s is no time", name, text)
}
