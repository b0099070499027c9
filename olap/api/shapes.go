package api

import (
	"context"
	"net/http"

	"verso/olap"
	"verso/olap/api/asked"
	"verso/olap/api/audit"
	"verso/olap/cube"
	"verso/olap/rollup"
)

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
	for _, e := range a.recent.Latest() {
		oldest = e.Time
		if mayEnd(r, e.Person) {
			mine = append(mine, e)
		}
	}
	list := asked.Shapes(mine)
	return r.reply(map[string]any{"shapes": list[:min(max(limit, 0), len(list))], "row_count": len(list), "more": limit < len(list), "remembered_since": oldest, "everybody": r.person.Admin})
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
	questions, err := questionsOf(o, a.recent.Latest())
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
