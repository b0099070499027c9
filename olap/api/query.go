package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/export"
	"verso/olap/export/workbook"
)

// note is something to know of an answer.
type note struct {
	Kind string `json:"kind"` // answer, policy, cap
	Text string `json:"text"`
}

func policyNotes(l *Lease) []note {
	if l.Rights.Told == "" {
		return []note{}
	}
	return []note{{"policy", l.Rights.Told}}
}

// column is a column of an answer.
type column struct {
	Name        string   `json:"name"`
	Title       string   `json:"title"`
	Kind        string   `json:"kind"`
	Type        string   `json:"type"`
	Unit        string   `json:"unit,omitempty"`
	Format      string   `json:"format,omitempty"`
	Digits      int      `json:"digits,omitempty"`
	Members     []string `json:"members,omitempty"`
	Keys        []string `json:"keys,omitempty"`
	Level       int      `json:"level,omitempty"`
	Total       bool     `json:"total,omitempty"`
	Measure     string   `json:"measure,omitempty"`
	Scope       string   `json:"scope,omitempty"`
	Calc        string   `json:"calculation,omitempty"`
	Adds        string   `json:"adds,omitempty"`
	Lower       bool     `json:"lower_is_better,omitempty"`
	Approximate bool     `json:"approximate,omitempty"`
	Calculated  bool     `json:"calculated,omitempty"`
}

func columnsOf(list []olap.Column) []column {
	out := make([]column, len(list))
	for i, c := range list {
		out[i] = column{c.Name, c.Label, c.Kind, c.Type, c.Unit, c.Format, c.Digits, c.Members, c.Keys, c.Level, c.Total, c.Measure, c.Scope, c.Calc, c.Adds, c.Lower, c.Approximate, c.Calculated}
	}
	return out
}

// row is a row of an answer.
type row struct {
	Level      string   `json:"level"` // row, subtotal, others or total
	Given      int      `json:"given"` // row attributes that the row gives
	Keys       []string `json:"keys"`
	Cells      []any    `json:"cells"` // decimals as text, with all their digits
	Calculated bool     `json:"calculated,omitempty"`
}

func rowsOf(t *olap.Table, rows []olap.Row) []row {
	out := make([]row, len(rows))
	for i, x := range rows {
		out[i] = row{Level: levelOf(t, x), Given: x.Level, Keys: listOf(x.Keys), Cells: cellsOf(x.Cells), Calculated: x.Calculated}
	}
	return out
}

func levelOf(t *olap.Table, r olap.Row) string {
	switch {
	case r.Other:
		return "others"
	case t.IsTotal(r) && r.Level == 0:
		return "total"
	case t.IsTotal(r):
		return "subtotal"
	}
	return "row"
}

// answer is a page of an answer as JSON.
type answer struct {
	Text       string             `json:"text"`
	Query      json.RawMessage    `json:"query"`
	Generation string             `json:"generation"`
	AsOf       string             `json:"as_of"`
	Run        string             `json:"run"`
	Facts      int64              `json:"facts"`
	TookMS     float64            `json:"took_ms"`
	Cached     bool               `json:"cached"`
	Rollup     string             `json:"rollup,omitempty"`
	Rejected   []compile.Rejected `json:"rejected,omitempty"`
	Notes      []note             `json:"notes"`
	Columns    []column           `json:"columns"`
	Rows       []row              `json:"rows"`
	RowCount   int                `json:"row_count"` // of the whole answer
	Offset     int                `json:"offset"`
	More       bool               `json:"more"`
	Cursor     string             `json:"cursor,omitempty"` // of the next page
}

// query answers POST query, and GET query?q= for programs that only fetch.
func (a *API) query(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	q, typed, err := r.bodyQuestion(o)
	r.entry.What = typed
	if err != nil {
		return err
	}
	r.entry.What = textOf(q)
	form, err := r.format("json", "csv", "parquet", "arrow", "xlsx", "pivot")
	if err != nil {
		return err
	}
	tag, err := a.etag(lease, o.Lang(), form, r.URL.Query().Get("limit"), r.URL.Query().Get("cursor"), r.URL.Query().Get("columns"), q)
	if err != nil {
		return err
	}
	r.w.Header().Set("Vary", "Accept, Authorization, Cookie")
	r.w.Header().Set("ETag", tag)
	if matches(r.Header.Get("If-None-Match"), tag) {
		r.entry.Outcome = "unchanged"
		r.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if p, ok := a.pages.Find(tag); ok {
		p.of(&r.entry)
		r.entry.Cached = true
		return a.writePage(r, p)
	}
	ctx, done, err := a.start(r, false)
	if err != nil {
		return err
	}
	defer done()
	found, err := o.Answer(ctx, q)
	if err != nil {
		return err
	}
	if found.Table, err = r.seen(lease, found.Table, form); err != nil {
		return err
	}
	p := &encodedPage{rows: int64(len(found.Table.Rows)), rollup: found.Rollup}
	for _, x := range found.Rejected {
		p.rejected = append(p.rejected, x.Rollup+": "+x.Reason)
	}
	p.of(&r.entry)
	if r.entry.Cached = found.Cached; !found.Cached {
		if r.entry.Shape, err = shapeOf(q); err != nil {
			return err
		}
	}
	if form != "json" {
		return a.writeTable(r, withPolicy(found.Table, lease), form, o.Lang(), q.Cube)
	}
	out, err := a.answerPage(r, lease, q, found)
	if err != nil {
		return err
	}
	if !found.Cached {
		return r.reply(out)
	}
	if err := p.encode(out); err != nil {
		return err
	}
	a.pages.Put(tag, p)
	return a.writePage(r, p)
}

// withPolicy says the policy beside the answer, in files too.
func withPolicy(t *olap.Table, l *Lease) *olap.Table {
	if l.Rights.Told == "" {
		return t
	}
	own := *t
	own.Notes = append([]string{l.Rights.Told}, t.Notes...)
	return &own
}

// answerPage is one page of an answer.
func (a *API) answerPage(r *request, lease *Lease, q cube.Query, found *olap.Answer) (out answer, err error) {
	encoded, err := json.Marshal(cube.Canonical(q))
	if err != nil {
		return out, err
	}
	limit, err := r.number("limit", a.limits().Page)
	if err != nil {
		return out, err
	}
	limit = min(max(limit, 1), int(a.limits().Rows))
	from, err := offsetOf(r.URL.Query().Get("cursor"), lease.Generation, q)
	if err != nil {
		return out, err
	}
	t := found.Table
	from = min(from, len(t.Rows))
	to := min(from+limit, len(t.Rows))
	out = answer{Text: textOf(q), Query: encoded, Generation: lease.Generation, AsOf: t.AsOf, Run: t.Run, Facts: t.Facts,
		TookMS: milliseconds(a.o.Clock().Sub(r.entry.Time)), Cached: found.Cached, Rollup: found.Rollup, Rejected: found.Rejected,
		Notes: notesOf(lease, t), Columns: columnsOf(t.Columns), Rows: rowsOf(t, t.Rows[from:to]), RowCount: len(t.Rows), Offset: from, More: to < len(t.Rows)}
	if out.More {
		out.Cursor = cursorOf(to, lease.Generation, q)
		out.Notes = append(out.Notes, note{"cap", capText(lease.Olap.Lang(), from+1, to, len(t.Rows))})
	}
	return out, nil
}

func capText(lang string, from, to, all int) string {
	if lang == "zh" {
		return fmt.Sprintf("第 %d 至 %d 行，共 %d 行；其余用 cursor 取得。", from, to, all)
	}
	return fmt.Sprintf("Rows %d to %d of %d; the others follow with the cursor.", from, to, all)
}

func notesOf(l *Lease, t *olap.Table) []note {
	list := policyNotes(l)
	for _, text := range t.Notes {
		list = append(list, note{"answer", text})
	}
	return list
}

// etag names an answer: generation, edition, the person's cut, language, form and
// question decide it.
func (a *API) etag(l *Lease, lang string, more ...any) (string, error) {
	data, err := json.Marshal([]any{l.Generation, a.edition(), l.Rights.Cut, l.Rights.Told, lang, more})
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return `W/"` + hex.EncodeToString(sum[:16]) + `"`, nil
}

// matches reports whether an If-None-Match names the tag.
func matches(header, tag string) bool {
	for _, one := range strings.Split(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || one != "" && strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// cursor is where a page begins, and of which answer.
type cursor struct {
	Of string `json:"of"`
	At int    `json:"at"`
}

// answerID names the answer that a cursor is of.
func answerID(generation string, q cube.Query) string {
	sum := sha256.Sum256([]byte(generation + "\x00" + textOf(q)))
	return hex.EncodeToString(sum[:8])
}

func cursorOf(at int, generation string, q cube.Query) string {
	data, err := json.Marshal(cursor{answerID(generation, q), at})
	if err != nil {
		return "" // text and a number always encode
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// offsetOf reads a cursor; it must be of the same question and generation.
func offsetOf(typed, generation string, q cube.Query) (int, error) {
	if typed == "" {
		return 0, nil
	}
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(typed)
	if err != nil || decode(string(data), &c) != nil || c.At < 0 {
		return 0, refusef("cursor", "take the cursor of the answer before, or leave it out", "this is no cursor")
	}
	if c.Of != answerID(generation, q) {
		return 0, &Error{Status: http.StatusGone, Code: "cursor_gone", Message: "the cursor is of another question, or of a generation that was replaced", Hint: "ask again without a cursor"}
	}
	return c.At, nil
}

// mediaTypes are the forms of answers.
var mediaTypes = map[string]string{
	"json":    "application/json",
	"csv":     "text/csv; charset=utf-8",
	"parquet": "application/vnd.apache.parquet",
	"arrow":   "application/vnd.apache.arrow.stream",
	"xlsx":    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pivot":   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// format is the form asked for: by ?format=, else by Accept, else the first.
func (r *request) format(known ...string) (string, error) {
	if form := r.URL.Query().Get("format"); form != "" {
		if slices.Contains(known, form) {
			return form, nil
		}
		return "", refusef("format", cube.OrList(known), "unknown format %q", form)
	}
	for _, accepted := range strings.Split(r.Header.Get("Accept"), ",") {
		accepted, _, _ = strings.Cut(strings.TrimSpace(accepted), ";")
		for _, form := range known {
			kind, _, _ := strings.Cut(mediaTypes[form], ";")
			if accepted == kind {
				return form, nil
			}
		}
	}
	return known[0], nil
}

// attach sets the headers of a file.
func (r *request) attach(form, name string, notes []string) {
	h := r.w.Header()
	h.Set("Content-Type", mediaTypes[form])
	extension := form
	if form == "pivot" {
		extension = "xlsx"
	}
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, fileName(name), extension))
	if len(notes) > 0 {
		h.Set("X-Verso-Notes", url.PathEscape(strings.Join(notes, "\n")))
	}
}

// fileName keeps what every file system takes.
func fileName(name string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' {
			return c
		}
		return '-'
	}, name)
}

// seen is an answer with the columns that the reader sees, in the order of
// ?columns=0,2,1, positions in the answer of ?generation=: in another generation
// they would be others. A pivot table of a workbook has an arrangement of its own.
func (r *request) seen(l *Lease, t *olap.Table, form string) (*olap.Table, error) {
	text := r.URL.Query().Get("columns")
	if text == "" {
		return t, nil
	}
	if form == "pivot" {
		return nil, refusef("columns", "leave columns out", "a pivot table holds all columns")
	}
	if shown := r.URL.Query().Get("generation"); shown != l.Generation {
		return nil, &Error{Status: http.StatusConflict, Code: "replaced", Message: fmt.Sprintf("the columns are those of the generation %q, which was replaced", shown), Hint: "ask again, then export what is shown"}
	}
	var at []int
	for _, one := range strings.Split(text, ",") {
		n, err := strconv.Atoi(one)
		if err != nil {
			return nil, refusef("columns", "columns=0,2,1", "%q is no column", one)
		}
		at = append(at, n)
	}
	out, err := t.Seen(at, l.Olap.Lang())
	if err != nil {
		return nil, refusef("columns", "columns=0,2,1", "%v", err)
	}
	return out, nil
}

// writeTable writes an answer as a file.
func (a *API) writeTable(r *request, t *olap.Table, form, lang, name string) error {
	r.attach(form, name, t.Notes)
	write := map[string]func(io.Writer) error{
		"csv":     func(w io.Writer) error { return r.writeCSV(w, t) },
		"parquet": func(w io.Writer) error { return export.WriteParquet(w, t) },
		"arrow":   func(w io.Writer) error { return export.WriteArrow(w, t) },
		"xlsx":    func(w io.Writer) error { return workbook.Write(w, t, workbook.Options{Lang: lang}) },
		"pivot":   func(w io.Writer) error { return workbook.Write(w, t, workbook.Options{Lang: lang, Pivot: true}) },
	}[form]
	return write(r.w)
}

// writeCSV writes an answer as CSV; what is said beside it follows after an empty
// line where the columns are a reader's: a program that names none gets rows only.
func (r *request) writeCSV(w io.Writer, t *olap.Table) error {
	if err := export.WriteCSV(w, t); err != nil || r.URL.Query().Get("columns") == "" {
		return err
	}
	return export.WriteNotesCSV(w, t)
}
