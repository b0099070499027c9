package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"verso/olap"
	"verso/olap/api/audit"
	"verso/olap/cube"
	"verso/olap/rollup"
)

// shape is the questions remembered that differ in values only, a row of GET
// log/shapes.
type shape struct {
	Text     string         `json:"text"` // of the latest
	Kind     string         `json:"kind"` // the door of the latest
	Asked    int            `json:"asked"`
	Users    int            `json:"users"`
	Sources  map[string]int `json:"sources"` // cache, rollup, facts, sql → askings
	TotalMS  float64        `json:"total_ms"`
	MedianMS float64        `json:"median_ms"` // of those that were not known
	MaxMS    float64        `json:"max_ms"`
	Rollup   string         `json:"rollup,omitempty"`   // that answered the latest
	Rejected []string       `json:"rejected,omitempty"` // rollups that could not answer it, with the reason
	Last     time.Time      `json:"last"`

	id    string
	took  []time.Duration
	users map[string]bool
}

// shapesLimit is how many shapes are given where the caller names no number.
const shapesLimit = 50

// logShapes answers GET log/shapes: the questions remembered, those together that
// differ in values only, the ones that took most time in all first; one's own, an
// administrator's everybody's.
func (a *API) logShapes(r *request) error {
	limit, err := r.number("limit", shapesLimit)
	if err != nil {
		return err
	}
	var mine []audit.Entry
	oldest := a.o.Clock()
	for _, e := range a.recent.latest() {
		oldest = e.Time
		if mayEnd(r, e.Person) {
			mine = append(mine, e)
		}
	}
	list := shapesOf(mine)
	return r.reply(map[string]any{"shapes": list[:min(max(limit, 0), len(list))], "row_count": len(list), "more": limit < len(list), "remembered_since": oldest, "everybody": r.person.Admin})
}

// shapesOf gathers questions, the newest first. An answer that was known has no
// shape in the log: it is that of the same question when it was computed.
func shapesOf(entries []audit.Entry) []*shape {
	byText := map[string]string{}
	for _, e := range entries {
		if e.Shape != "" {
			byText[e.What] = e.Shape
		}
	}
	known, list := map[string]*shape{}, []*shape{}
	for _, e := range entries {
		source := sourceOf(e)
		answered := e.Outcome == "ok" || e.Outcome == "unchanged"
		if !answered || e.Door == "sqlcheck" || e.Shape == "" && source == fromFacts && e.Door != "facts" && e.Door != "why" {
			continue // no question of figures: a look at the catalog, a check
		}
		id := cmp.Or(e.Shape, byText[e.What], e.What)
		s := known[id]
		if s == nil {
			s = &shape{Text: e.What, Kind: e.Door, Sources: map[string]int{}, Rollup: e.Rollup, Rejected: e.Rejected, Last: e.Time, id: id, users: map[string]bool{}}
			known[id] = s
			list = append(list, s)
		}
		s.add(e, source)
	}
	for _, s := range list {
		s.sum()
	}
	slices.SortFunc(list, func(x, y *shape) int {
		return cmp.Or(cmp.Compare(y.TotalMS, x.TotalMS), cmp.Compare(y.Asked, x.Asked), cmp.Compare(x.id, y.id))
	})
	return list
}

func (s *shape) add(e audit.Entry, source string) {
	s.Asked++
	s.Sources[source]++
	s.users[e.Person] = true
	s.TotalMS += milliseconds(e.Took)
	if source != fromCache {
		s.took = append(s.took, e.Took)
	}
}

func (s *shape) sum() {
	s.Users = len(s.users)
	if len(s.took) == 0 {
		return
	}
	slices.Sort(s.took)
	s.MedianMS, s.MaxMS = milliseconds(s.took[len(s.took)/2]), milliseconds(s.took[len(s.took)-1])
}

// advised is a rollup that would have helped, a row of POST log/advice.
type advised struct {
	Name    string   `json:"name"`
	Cube    string   `json:"cube"`
	By      []string `json:"by"`
	Cells   int64    `json:"cells"`
	Bytes   int64    `json:"bytes"`
	Asked   int      `json:"asked"` // askings that it would have served
	SavesMS float64  `json:"saves_ms"`
	Serves  []string `json:"serves"` // the questions
	Left    []string `json:"left"`   // distinct counts that it would not hold, with the reason
}

// questionsOf are the questions that were computed, without their values, those
// together that are then the same.
func questionsOf(o *olap.Olap, entries []audit.Entry) ([]rollup.Question, error) {
	var list []rollup.Question
	known := map[string]int{}
	for _, e := range entries {
		if e.Shape == "" || e.Outcome != "ok" {
			continue
		}
		q, err := parseQuestion(o, e.What)
		if err != nil {
			continue // of a cube that is no more
		}
		q = cube.Shape(q)
		text, err := cube.EncodeJSON(q)
		if err != nil {
			return nil, err
		}
		id := e.Rollup + "\x00" + string(text)
		i, seen := known[id]
		if !seen {
			i = len(list)
			known[id] = i
			list = append(list, rollup.Question{Query: q, Rollup: e.Rollup})
		}
		list[i].Took += e.Took
		list[i].Asked++
	}
	return list, nil
}

// adviceBytes is the room for all that is proposed.
const adviceBytes = 500 << 20

// logAdvice answers POST log/advice: rollups that would have answered the questions
// remembered that the facts had to answer. It counts their cells from the facts,
// which takes a while; only administrators may ask.
func (a *API) logAdvice(r *request) error {
	if !r.person.Admin {
		return &Error{Status: http.StatusForbidden, Code: "forbidden", Message: "only administrators are advised on rollups"}
	}
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	r.entry.What = "advice on rollups"
	ctx, done, err := a.start(r, false)
	if err != nil {
		return err
	}
	defer done()
	list, err := a.advise(ctx, o, lease)
	if err != nil {
		return err
	}
	return r.reply(map[string]any{"advice": list, "how": "verso rollup apply NAME, then verso rollup build"})
}

func (a *API) advise(ctx context.Context, o *olap.Olap, lease *Lease) ([]advised, error) {
	questions, err := questionsOf(o, a.recent.latest())
	if err != nil {
		return nil, err
	}
	found, err := rollup.Advise(ctx, lease.DB, o.Model(), questions, rollup.Budget{Bytes: adviceBytes, Limits: rollup.DefaultLimits()})
	if err != nil {
		return nil, err
	}
	list := []advised{}
	for _, x := range found {
		row := advised{Name: x.Rollup.Name, Cube: x.Rollup.Cube, By: x.Rollup.By, Cells: x.Cells, Bytes: x.Bytes, Asked: x.Asked, SavesMS: milliseconds(x.Saves), Serves: []string{}, Left: listOf(x.Left)}
		for _, q := range x.Serves {
			row.Serves = append(row.Serves, textOf(q))
		}
		list = append(list, row)
	}
	return list, nil
}
