package rollup

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// wholeRows is how large a rollup may be for all its cells to be compared.
const wholeRows = 3_000

// Check asks n seeded random questions of the rollup and of the facts and
// compares the answers: first everything in total, then, of a small rollup, every
// cell, then by chance. It returns how many it compared, and the first question
// whose answers differ with what differs; "" where none does.
func Check(ctx context.Context, db engine.Querier, m *cube.Model, r *compile.Rollup, seed uint64, n int) (checked int64, difference string, err error) {
	a := &asker{db: db, model: m, rollup: r, cube: m.Cube(r.Cube), rand: rand.New(rand.NewPCG(seed, 31)), values: map[string][]string{}}
	for tries := 0; checked < int64(n) && tries < 20*n; tries++ {
		q, err := a.question(ctx)
		switch {
		case tries == 0: // everything over everything: no sum can be wrong alone
			q, err = cube.Query{Cube: r.Cube, Measures: a.measures()}, nil
		case tries == 1 && r.Rows <= wholeRows: // every cell
			q, err = cube.Query{Cube: r.Cube, Rows: r.By, Measures: a.measures()}, nil
		}
		if err != nil {
			return checked, "", err
		}
		asked, difference, err := compare(ctx, db, m, r, q)
		if err != nil || difference != "" {
			return checked, difference, err
		}
		if asked {
			checked++
		}
	}
	return checked, "", nil
}

// compare asks both; asked is false where the rollup cannot answer.
func compare(ctx context.Context, db engine.Querier, m *cube.Model, r *compile.Rollup, q cube.Query) (asked bool, difference string, err error) {
	rolled, err := compile.Compile(m, q, compile.Options{Rollups: []*compile.Rollup{r}})
	if err != nil || rolled.Rollup == "" {
		return false, "", nil //nolint:nilerr // a question that makes no sense compares nothing
	}
	base, err := compile.Compile(m, q, compile.Options{})
	if err != nil {
		return false, "", err
	}
	want, err := answer(ctx, db, base)
	if err != nil {
		return false, "", err
	}
	got, err := answer(ctx, db, rolled)
	if err != nil {
		return false, "", err
	}
	return true, differs(q, got, want), nil
}

func answer(ctx context.Context, db engine.Querier, c *compile.Compiled) (rows [][]any, err error) {
	err = engine.Rows(ctx, db, engine.SQL(c.SQL, c.Args...), func(row []any) error {
		row = slices.Clone(row)
		notShown(c, row)
		rows = append(rows, row)
		return nil
	})
	// Totals stand in the order of what they carry; the answer's own order is
	// made of its members later, the same for both.
	slices.SortFunc(rows, func(x, y []any) int { return strings.Compare(fmt.Sprint(x...), fmt.Sprint(y...)) })
	return rows, err
}

// notShown empties what a row carries of the attributes that it is a total
// over, which is left to chance.
func notShown(c *compile.Compiled, row []any) {
	level, _ := engine.Int(row[c.RowLevel])
	columns, _ := engine.Int(row[c.ColLevel])
	if c.Other >= 0 && row[c.Other] == int64(1) {
		level = 0
	}
	axes := slices.Clone(c.Rows[level:])
	if columns == 0 {
		axes = append(axes, c.Columns...)
	}
	for _, a := range axes {
		for _, column := range []int{a.Value, a.Key, a.Order, a.Known, a.ID} {
			if column >= 0 {
				row[column] = nil
			}
		}
	}
}

func differs(q cube.Query, got, want [][]any) string {
	for i := range max(len(got), len(want)) {
		if i < len(got) && i < len(want) && reflect.DeepEqual(got[i], want[i]) {
			continue
		}
		text, err := json.Marshal(q)
		if err != nil {
			text = []byte(err.Error())
		}
		row := func(rows [][]any) string {
			if i >= len(rows) {
				return fmt.Sprintf("only %d rows", len(rows))
			}
			return fmt.Sprint(rows[i])
		}
		return fmt.Sprintf("%s: row %d is %s, from the facts %s", text, i+1, row(got), row(want))
	}
	return ""
}

// asker makes questions that the rollup should be able to answer.
type asker struct {
	db     engine.Querier
	model  *cube.Model
	rollup *compile.Rollup
	cube   *cube.Cube
	rand   *rand.Rand
	values map[string][]string // of attributes
}

func (a *asker) question(ctx context.Context) (cube.Query, error) {
	fields, measures := a.fields(), a.measures()
	a.rand.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	a.rand.Shuffle(len(measures), func(i, j int) { measures[i], measures[j] = measures[j], measures[i] })
	q := cube.Query{Cube: a.cube.Name, Measures: measures[:min(len(measures), 1+a.rand.IntN(4))], Limit: 100_000}
	n := min(a.rand.IntN(4), len(fields))
	if a.rollup.Rows > wholeRows {
		n = min(n, 1) // answers of many rows take long to compare
	}
	q.Rows = fields[:n]
	if rest := fields[n:]; len(rest) > 0 && a.rand.IntN(3) == 0 {
		q.Columns = rest[:1]
	}
	q.Totals = cube.Totals{Grand: a.rand.IntN(2) == 0, Rows: a.rand.IntN(2) == 0, Cols: a.rand.IntN(2) == 0}
	if len(q.Rows) > 0 && len(q.Measures) > 0 && a.rand.IntN(3) == 0 {
		q.Top = &cube.Top{N: 1 + a.rand.IntN(5), By: q.Measures[0], Others: a.rand.IntN(2) == 0}
	}
	for range a.rand.IntN(3) {
		f, err := a.filter(ctx, fields[a.rand.IntN(len(fields))])
		if err != nil {
			return q, err
		}
		q.Where = append(q.Where, f)
	}
	q.Time = a.time()
	return q, nil
}

// fields are the attributes that the rollup can tell.
func (a *asker) fields() (list []string) {
	for _, g := range a.rollup.Grain {
		use := a.cube.Use(g.Use)
		for _, x := range use.Of.Attributes {
			if g.Members == "" && x.In == "" || slices.Contains(g.Attributes, x.Name) {
				list = append(list, g.Use+"."+x.Name)
			}
		}
	}
	return list
}

// measures are those that the rollup can answer.
func (a *asker) measures() (list []string) {
	for _, x := range a.cube.Measures {
		c, err := compile.Compile(a.model, cube.Query{Cube: a.cube.Name, Measures: []string{x.Name}}, compile.Options{Rollups: []*compile.Rollup{a.rollup}})
		if err == nil && c.Rollup != "" {
			list = append(list, x.Name)
		}
	}
	return list
}

// filter takes values that facts have.
func (a *asker) filter(ctx context.Context, field string) (cube.Filter, error) {
	values, known := a.values[field]
	if !known {
		c, err := compile.Compile(a.model, cube.Query{Cube: a.cube.Name, Rows: []string{field}, Measures: a.measures()[:1], Limit: 100_000},
			compile.Options{Rollups: []*compile.Rollup{a.rollup}})
		if err != nil {
			return cube.Filter{}, err
		}
		rows, err := answer(ctx, a.db, c)
		if err != nil {
			return cube.Filter{}, err
		}
		for _, row := range rows {
			if v := engine.Text(row[c.Rows[0].Value]); v != "" {
				values = append(values, v)
			}
		}
		a.values[field] = values
	}
	if len(values) == 0 {
		return cube.Filter{Field: field, Op: "not_null"}, nil
	}
	f := cube.Filter{Field: field, Op: []string{"in", "in", "not_in"}[a.rand.IntN(3)]}
	for range 1 + a.rand.IntN(3) {
		f.Values = append(f.Values, values[a.rand.IntN(len(values))])
	}
	return f, nil
}

// time is a range from one member of the date dimension to another, or none.
func (a *asker) time() *cube.Time {
	for _, g := range a.rollup.Grain {
		if n := len(g.Spans); n > 0 && a.rand.IntN(2) == 0 {
			i := a.rand.IntN(n)
			j := i + a.rand.IntN(n-i)
			return &cube.Time{Field: g.Use, From: iso(g.Spans[i].First), To: iso(g.Spans[j].Last)}
		}
	}
	return nil
}

func iso(day int64) string { return fmt.Sprintf("%04d-%02d-%02d", day/10000, day/100%100, day%100) }

// Verify compares the rollups of a generation that are in use with its facts,
// without writing anything.
func Verify(ctx context.Context, db engine.Querier, m *cube.Model, o Options) ([]Status, error) {
	list, err := List(ctx, db)
	if err != nil {
		return nil, err
	}
	if o.Samples <= 0 {
		o.Samples = defaultSamples
	}
	for i := range list {
		s := &list[i]
		if s.State != OK || m.Cube(s.Cube) == nil {
			continue
		}
		r := s.usable(m)
		if r.Unfit != "" {
			s.State, s.Reason = Failed, r.Unfit
			continue
		}
		var difference string
		if s.Checked, difference, err = Check(ctx, db, m, r, o.Seed, o.Samples); err != nil {
			return nil, fmt.Errorf("rollup %s: %w", s.Name, err)
		}
		if difference != "" {
			s.State, s.Reason = Failed, difference
		}
	}
	return list, nil
}

// Recheck is Verify that records what it found.
func Recheck(ctx context.Context, db engine.QueryExecer, m *cube.Model, o Options) ([]Status, error) {
	list, err := Verify(ctx, db, m, o)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if err := record(ctx, db, s); err != nil {
			return nil, err
		}
		if s.State != Skipped {
			if err := report(ctx, db, s); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

const defaultSamples = 5

// checkBuilt checks a rollup and records the outcome, for the page on the
// quality of the data too.
func checkBuilt(ctx context.Context, db engine.QueryExecer, m *cube.Model, s *Status, o Options) error {
	checked, difference, err := Check(ctx, db, m, s.usable(m), o.Seed, o.Samples)
	if err != nil {
		return err
	}
	s.Checked = checked
	if difference != "" {
		s.State, s.Reason = Failed, difference
	}
	return report(ctx, db, *s)
}

// report writes the outcome of a check to meta.check_result, where that is.
func report(ctx context.Context, db engine.QueryExecer, s Status) error {
	tables, err := tablesOf(ctx, db)
	if err != nil || !tables["meta.check_result"] {
		return err
	}
	offenders, samples := 0, "[]"
	if s.State == Failed {
		text, err := json.Marshal([]string{s.Reason})
		if err != nil {
			return err
		}
		offenders, samples = 1, string(text)
	}
	id := "rollup_" + s.Name
	if _, err := db.Exec(ctx, engine.SQL(`DELETE FROM meta.check_result WHERE check_id = ?`, id)); err != nil {
		return err
	}
	_, err = db.Exec(ctx, engine.SQL(`INSERT INTO meta.check_result (check_id, table_name, severity, description, hint, tested, offenders, threshold, passed, samples)
VALUES (?, ?, 'error', ?, ?, ?, ?, 0, ?, ?)`, id, s.detail.Table, "answers from the rollup are those from the facts",
		"the rollup is not used; build it again with verso refresh, and report it if it differs again", s.Checked+int64(offenders), offenders, offenders == 0, samples))
	return err
}
