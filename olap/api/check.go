package api

import (
	"encoding/json"
	"errors"
	"strings"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/cube/text"
)

// checked answers POST query/check.
type checked struct {
	OK          bool              `json:"ok"`
	Text        string            `json:"text,omitempty"`
	JSON        json.RawMessage   `json:"json,omitempty"`
	SQL         string            `json:"sql,omitempty"`
	Args        []any             `json:"args,omitempty"`
	Stages      any               `json:"stages,omitempty"`
	Rollup      string            `json:"rollup,omitempty"`
	Rejected    any               `json:"rejected,omitempty"`
	Cost        *cost             `json:"cost,omitempty"`
	Errors      []*Error          `json:"errors"`
	Completions []text.Completion `json:"completions"`
}

// check answers POST query/check. With ?at=N, a place in the text (characters,
// from 0), it says how the text can go on there.
func (a *API) check(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	q, typed, err := r.bodyQuestion(o)
	out := checked{Errors: []*Error{}, Completions: []text.Completion{}}
	if at, atErr := r.number("at", len([]rune(typed))); atErr != nil {
		return atErr
	} else if !strings.HasPrefix(strings.TrimSpace(typed), "{") {
		out.Completions = listOf(text.Complete(o.Model(), typed, at, o.Lang()))
	}
	if err == nil {
		err = a.explain(r, o, lease, q, &out)
	}
	if err != nil {
		t := told(err)
		if t.Status >= 500 || errors.Is(err, r.Context().Err()) {
			return err
		}
		out.Errors = append(out.Errors, t)
	}
	out.OK = len(out.Errors) == 0
	return r.reply(out)
}

// explain fills in what a question becomes.
func (a *API) explain(r *request, o *olap.Olap, lease *Lease, q cube.Query, out *checked) error {
	out.Text = textOf(q)
	encoded, err := cube.EncodeJSON(q)
	if err != nil {
		return err
	}
	out.JSON = encoded
	e, err := o.ExplainContext(r.Context(), q)
	if err != nil {
		return err
	}
	out.SQL, out.Stages, out.Rollup, out.Rejected = e.SQL, e.Stages, e.Rollup, e.Rejected
	for _, v := range e.Args {
		out.Args = append(out.Args, cellOf(v))
	}
	out.Cost, err = a.costOf(r.Context(), lease, e)
	return err
}
