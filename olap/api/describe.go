package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"verso/olap"
	"verso/olap/api/describe"
	"verso/olap/cube"
)

// me answers GET me.
func (a *API) me(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	run := o.Run()
	return r.reply(map[string]any{
		"person":     map[string]any{"name": r.person.Name, "roles": listOf(r.person.Roles), "admin": r.person.Admin, "by": r.person.By},
		"rights":     map[string]any{"sql": lease.Rights.SQL, "facts": lease.Rights.Facts, "pages": lease.Rights.Pages, "told": lease.Rights.Told, "minimum_cell": lease.Rights.MinimumCell},
		"generation": lease.Generation, "as_of": run.AsOf, "company": run.Company, "currency": run.Currency,
		"lang": o.Lang(), "languages": []string{"en", "zh"},
		"limits": map[string]any{"rows": a.limits().Rows, "page": a.limits().Page, "bytes": a.limits().Bytes, "time_ms": a.limits().Time.Milliseconds(), "body": a.limits().Body},
	})
}

// listOf is a list that is written as [] where it is empty.
func listOf[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// cubes answers GET cubes.
func (a *API) cubes(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	counts, err := a.tableRows(r.Context(), lease)
	if err != nil {
		return err
	}
	list := []describe.Head{}
	for _, c := range o.Cubes() {
		list = append(list, describe.HeadOf(c, o.Lang(), counts))
	}
	return r.reply(map[string]any{"cubes": list, "generation": lease.Generation, "as_of": o.Run().AsOf})
}

// cubeOf finds the cube of the path.
func cubeOf(r *request, o *olap.Olap) (*cube.Cube, error) {
	name := r.PathValue("cube")
	if c := o.Model().Cube(name); c != nil {
		return c, nil
	}
	return nil, &Error{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf("no cube %q", name), Hint: cube.Hint(name, o.Model().Names())}
}

// cube answers GET cubes/{cube}.
func (a *API) cube(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	c, err := cubeOf(r, o)
	if err != nil {
		return err
	}
	counts, err := a.tableRows(r.Context(), lease)
	if err != nil {
		return err
	}
	return r.reply(describe.Of(c, o.Lang(), o.Run().Currency, counts))
}

// member is a member of an attribute.
type member struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// membersLimit is how many members are given where the caller names no number.
const membersLimit = 200

// members answers GET cubes/{cube}/members: those that have facts, of the facts
// that the filters of "where" keep. Where there are more than the limit, they are
// those with the most of the cube's first measure, and "more" says so.
func (a *API) members(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	c, err := cubeOf(r, o)
	if err != nil {
		return err
	}
	field, search := r.URL.Query().Get("attribute"), strings.TrimSpace(r.URL.Query().Get("search"))
	if field == "" {
		return refusef("attribute", "attribute=customer.type", "name the attribute")
	}
	limit, err := r.number("limit", membersLimit)
	if err != nil {
		return err
	}
	limit = min(max(limit, 1), a.limits().Page)
	r.entry.What = "members of " + c.Name + " " + field
	q := cube.Query{Cube: c.Name, Rows: []string{field}, Measures: []string{describe.RankingMeasure(c)},
		Top: &cube.Top{N: limit, By: describe.RankingMeasure(c), Others: true}, Sort: []cube.Sort{{By: field}}}
	if q.Where, err = filtersOf(c, r.URL.Query().Get("where")); err != nil {
		return err
	}
	if search != "" {
		q.Where = append(q.Where, cube.Filter{Field: field, Op: "contains", Values: []string{search}})
	}
	ctx, done, err := a.start(r, false)
	if err != nil {
		return err
	}
	defer done()
	table, err := o.Ask(ctx, q)
	if err != nil {
		return err
	}
	list, more := []member{}, false
	for _, row := range table.Rows {
		if row.Other {
			more = true
			continue
		}
		list = append(list, member{row.Keys[0], exportText(row.Cells[0], table.Columns[0])})
	}
	r.entry.Rows = int64(len(list))
	return r.reply(map[string]any{"attribute": field, "members": list, "more": more, "notes": policyNotes(lease)})
}

// filtersOf reads a list of filters in JSON, as questions have them in "where";
// none of "".
func filtersOf(c *cube.Cube, where string) ([]cube.Filter, error) {
	if where == "" {
		return nil, nil
	}
	if !json.Valid([]byte(where)) {
		return nil, refusef("json", `where=[{"field":"customer.type","op":"in","values":["library"]}]`, "where is not JSON")
	}
	text, err := json.Marshal(map[string]any{"cube": c.Name, "measures": []string{describe.RankingMeasure(c)}, "where": json.RawMessage(where)})
	if err != nil {
		return nil, err
	}
	q, err := cube.DecodeJSON(text)
	return q.Where, err
}

// tableRows is the rows of each table (schema.table) of a lease.
func (a *API) tableRows(ctx context.Context, lease *Lease) (map[string]int64, error) {
	s, err := a.schemaOf(ctx, lease)
	if err != nil {
		return nil, err
	}
	return s.counts, nil
}
