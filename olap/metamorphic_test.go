package olap_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/oracle"
	"verso/olap/oracle/oracletest"
)

// subject is a warehouse with random questions, opened with 1 and with 4
// threads.
type subject struct {
	*testing.T
	ctx       context.Context
	one, four *olap.Olap
	model     *cube.Model
	questions *oracletest.Questions
	asked     int
	answered  int
}

// Properties that hold between answers whatever the right answer is, so that
// the oracle cannot hide a mistake that it shares with the engine.
func TestMetamorphic(t *testing.T) {
	t.Parallel()
	properties := []struct {
		name string
		test func(*subject, cube.Query)
	}{
		{"parts add up to their totals", partsAddUp},
		{"a filter and its opposite add up to everything", filterSplits},
		{"rows and columns change places", pivots},
		{"order and ranking change no value", orderChangesNothing},
		{"threads change no byte", threadsChangeNothing},
		{"language changes no number", languageChangesNothing},
		{"keys are unique", keysAreUnique},
		{"last year's value is that of the year before", shiftsByYears},
	}
	asked, answered := 0, 0
	for i, seed := range seeds() {
		if i%2 == 1 && *star < 0 {
			continue // two databases each
		}
		w := oracletest.Untidy(t, seed, features)
		s := &subject{T: t, ctx: context.Background(), model: w.Model}
		for threads, o := range map[int]**olap.Olap{1: &s.one, 4: &s.four} {
			opened, closing, err := w.Open(s.ctx, threads)
			if err != nil {
				t.Fatal(err)
			}
			defer closing()
			*o = opened
		}
		s.questions = &oracletest.Questions{Rand: rand.New(rand.NewPCG(seed, 13)), Model: w.Model,
			Oracle: oracle.New(w.Model, w.Data), Features: features}
		for range max(1, *queries/5) {
			for _, p := range properties {
				q := s.questions.Next()
				p.test(s, q)
				if t.Failed() {
					t.Fatalf("star %d: %s: %s", seed, p.name, text(q))
				}
			}
		}
		asked, answered = asked+s.asked, answered+s.answered
	}
	if answered < asked/2 {
		t.Errorf("only %d of %d questions were answered", answered, asked)
	}
	t.Logf("%d answers of %d questions", answered, asked)
}

func text(q cube.Query) string {
	b, _ := json.Marshal(q)
	return string(b)
}

// ask answers a question, nil where it is refused: that only what must be
// refused is, the oracle says.
func (s *subject) ask(q cube.Query) *olap.Table {
	got, err := s.one.Ask(s.ctx, q)
	if s.asked++; err == nil {
		s.answered++
		return got
	}
	return nil
}

// plain takes away what chooses and orders rows.
func plain(q cube.Query) cube.Query {
	q.Top, q.Sort, q.Having = nil, nil, nil
	return q
}

// additive are the measures of a cube whose parts add up.
func (s *subject) additive(name string) (list []string) {
	c := s.model.Cube(name)
	for _, m := range c.MeasureNames() {
		if x := c.Measure(m); (x.Kind == cube.Sum || x.Kind == cube.Count) && !x.Stock() {
			list = append(list, m)
		}
	}
	return list
}

// amount is an additive value in ten-thousandths; nothing is 0.
func amount(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v * 10000
	case engine.Decimal:
		return v.Num.BigInt().Int64()
	}
	return 0
}

func partsAddUp(s *subject, q cube.Query) {
	q = plain(q)
	if !s.wholeAxes(q) {
		return
	}
	q.Measures, q.Compare = s.additive(q.Cube), nil
	q.Totals = cube.Totals{Grand: true, Rows: true, Cols: true}
	t := s.ask(q)
	if t == nil {
		return
	}
	n, heads := len(q.Measures), len(t.Query.Rows)
	sums := map[string][]int64{}
	add := func(id string, cells []any) {
		if sums[id] == nil {
			sums[id] = make([]int64, len(cells))
		}
		for i, v := range cells {
			sums[id][i] += amount(v)
		}
	}
	for _, r := range t.Rows {
		numbers := r.Cells[heads:]
		for i := range n { // columns add up to the last group
			total := int64(0)
			for j := i; j < len(numbers)-n; j += n {
				total += amount(numbers[j])
			}
			if len(q.Columns) > 0 && total != amount(numbers[len(numbers)-n+i]) {
				s.Errorf("%s of %v: columns add up to %d, the total is %v", q.Measures[i], r.Cells[:heads], total, numbers[len(numbers)-n+i])
			}
		}
		id := parentOf(r, r.Level)
		if r.Level == heads {
			add(parentOf(r, r.Level-1), numbers)
			continue
		}
		for i, v := range numbers { // a subtotal follows its rows
			if below := sums[id]; below != nil && below[i] != amount(v) || below == nil && amount(v) != 0 {
				s.Errorf("subtotal %v, column %d: is %v, its rows add up to %v", r.Cells[:heads], i, v, below)
			}
		}
		delete(sums, id)
		if r.Level > 0 {
			add(parentOf(r, r.Level-1), numbers)
		}
	}
}

// parentOf tells the first n members of a row from those of others beside it.
func parentOf(r olap.Row, n int) string { return fmt.Sprintf("%d %q", n, r.Keys[:max(n, 0)]) }

// wholeAxes reports whether all members with facts, and none besides, stand on
// the axes: no hidden and no calculated ones.
func (s *subject) wholeAxes(q cube.Query) bool {
	for _, name := range slices.Concat(q.Rows, q.Columns) {
		dimension, attribute, _ := strings.Cut(name, ".")
		a := s.model.Cube(q.Cube).Use(dimension).Of.Attribute(attribute)
		if strings.HasSuffix(name, "+") || a != nil && len(a.Hide) > 0 {
			return false
		}
	}
	return true
}

func filterSplits(s *subject, q cube.Query) {
	r := s.questions.Rand
	q = plain(q)
	q.Rows, q.Columns, q.Compare, q.Measures = nil, nil, nil, s.additive(q.Cube)
	opposite := map[string]string{"=": "!=", "in": "not_in", "is_null": "not_null", "contains": "not_contains"}
	at := slices.IndexFunc(q.Where, func(f cube.Filter) bool {
		return opposite[f.Op] != "" && (f.Op != "contains" || features[oracletest.FilterText] == "")
	})
	if at < 0 {
		fields := s.model.Cube(q.Cube).FieldNames()
		q.Where = append(q.Where, cube.Filter{Field: fields[r.IntN(len(fields))], Op: "is_null"})
		at = len(q.Where) - 1
	}
	part, rest, whole := q, q, q
	rest.Where, whole.Where = slices.Clone(q.Where), slices.Clone(q.Where)
	dimension, _, _ := strings.Cut(q.Where[at].Field, ".")
	whole.Where[at] = cube.Filter{Field: dimension, Op: "all"} // the default of the dimension stays off
	rest.Where[at].Op = opposite[q.Where[at].Op]
	a, b, both := s.ask(part), s.ask(rest), s.ask(whole)
	if a == nil || b == nil || both == nil {
		return
	}
	if a.Facts+b.Facts != both.Facts {
		s.Errorf("%d facts and %d without, %d in all", a.Facts, b.Facts, both.Facts)
	}
	for i, v := range both.Rows[0].Cells {
		if amount(a.Rows[0].Cells[i])+amount(b.Rows[0].Cells[i]) != amount(v) {
			s.Errorf("%s: %v and %v, %v in all", q.Measures[i], a.Rows[0].Cells[i], b.Rows[0].Cells[i], v)
		}
	}
}

// byPlace are the numbers of an answer by measure, row and column members, the
// rows' and columns' total levels among them.
func byPlace(t *olap.Table) map[string]any {
	list := map[string]any{}
	heads := len(t.Query.Rows)
	for _, r := range t.Rows {
		for i, c := range t.Columns[heads:] {
			list[fmt.Sprintf("%s %v %q %q", c.Name, r.Other, r.Keys, c.Keys)] = r.Cells[heads+i]
		}
	}
	return list
}

// nothing is the value of a cell without facts.
func nothing(v any) bool { return v == nil || v == int64(0) }

// same compares cells of one answer with those of another; cells that only one
// has must hold nothing.
func (s *subject) same(a, b map[string]any) {
	for id, v := range a {
		if w := b[id]; engine.Text(v) != engine.Text(w) && !(nothing(v) && nothing(w)) {
			s.Errorf("%s: %v and %v", id, v, w)
		}
	}
}

func pivots(s *subject, q cube.Query) {
	q = plain(q)
	q.Measures = slices.DeleteFunc(q.Measures, func(text string) bool { // what looks along rows does not turn
		r, err := cube.ParseRef(text)
		return err != nil || r.Calc != "" && r.Calc != cube.Delta && r.Calc != cube.Pct
	})
	if len(q.Measures) == 0 {
		return
	}
	if !s.wholeAxes(q) {
		return
	}
	q.Totals = cube.Totals{Grand: true, Cols: true}
	turned := q
	turned.Rows, turned.Columns = q.Columns, q.Rows
	a, b := s.ask(q), s.ask(turned)
	if a == nil || b == nil {
		return
	}
	swapped := map[string]any{}
	heads := len(b.Query.Rows)
	for _, r := range b.Rows {
		for i, c := range b.Columns[heads:] {
			swapped[fmt.Sprintf("%s false %q %q", c.Name, append([]string{}, c.Keys...), r.Keys)] = r.Cells[heads+i]
		}
	}
	s.same(byPlace(a), swapped)
	s.same(swapped, byPlace(a))
}

func orderChangesNothing(s *subject, q cube.Query) {
	q.Measures = slices.DeleteFunc(q.Measures, func(text string) bool { return strings.Contains(text, ":r") || strings.Contains(text, ":index") })
	q.Sort = slices.DeleteFunc(q.Sort, func(k cube.Sort) bool { return !slices.Contains(slices.Concat(q.Measures, q.Rows), k.By) })
	if len(q.Measures) == 0 {
		return
	}
	// A scope that only the ranking names leaves facts without a day out of all.
	if scoped := func(text string) bool { return strings.Contains(text, "@") }; q.Top != nil && scoped(q.Top.By) && !slices.ContainsFunc(q.Measures, scoped) {
		return
	}
	a, b := s.ask(q), s.ask(plain(q))
	if a == nil || b == nil {
		return
	}
	all := byPlace(b)
	for id, v := range byPlace(a) {
		w, there := all[id]
		if !strings.Contains(id, " true ") && (!there && !nothing(v) || there && engine.Text(v) != engine.Text(w)) {
			s.Errorf("%s: %v, without order and ranking %v", id, v, w)
		}
	}
}

func threadsChangeNothing(s *subject, q cube.Query) {
	a := s.ask(q)
	b, err := s.four.Ask(s.ctx, q)
	if a == nil || err != nil {
		if (a == nil) != (err != nil) {
			s.Errorf("one thread refuses, four answer, or the other way round: %v", err)
		}
		return
	}
	x, _ := json.Marshal(a)
	if y, _ := json.Marshal(b); string(x) != string(y) {
		s.Errorf("one thread:\n%s\nfour:\n%s", x, y)
	}
}

// languageChangesNothing compares all numbers, whatever order the names put
// them in.
func languageChangesNothing(s *subject, q cube.Query) {
	q = plain(q)
	q.Measures = slices.DeleteFunc(q.Measures, func(text string) bool { return strings.Contains(text, ":running") || strings.Contains(text, ":index") })
	if len(q.Measures) == 0 {
		return
	}
	a := s.ask(q)
	b, err := s.one.In("zh").Ask(s.ctx, q)
	if a == nil || err != nil {
		return
	}
	numbers := func(t *olap.Table) (list []string) {
		for _, r := range t.Rows {
			heads := len(t.Query.Rows)
			for i, v := range r.Cells[heads:] {
				list = append(list, fmt.Sprint(t.Columns[heads+i].Name, r.Level, engine.Text(v)))
			}
		}
		sort.Strings(list)
		return list
	}
	if x, y := numbers(a), numbers(b); !slices.Equal(x, y) {
		s.Errorf("en %v\nzh %v", x, y)
	}
}

func keysAreUnique(s *subject, q cube.Query) {
	t := s.ask(q)
	if t == nil || features[oracletest.RowKeys] != "" {
		return
	}
	seen := map[string]bool{}
	for _, r := range t.Rows {
		id := fmt.Sprintf("%d %q", r.Level, r.Keys)
		if want := r.Level; seen[id] || len(r.Keys) != want {
			s.Errorf("row %v has the keys %q", r.Cells, r.Keys)
		}
		seen[id] = true
	}
}

// shiftsByYears asks for py in a range of whole months without a leap day, and
// for the same months of the year before.
func shiftsByYears(s *subject, q cube.Query) {
	if features[oracletest.ScopeYears] != "" {
		return
	}
	q = plain(q)
	q.Rows = slices.DeleteFunc(slices.Clone(q.Rows), func(f string) bool { return strings.HasPrefix(f, "date.") })
	q.Columns = slices.DeleteFunc(slices.Clone(q.Columns), func(f string) bool { return strings.HasPrefix(f, "date.") })
	q.Where = slices.DeleteFunc(slices.Clone(q.Where), func(f cube.Filter) bool { return f.Field == "" || strings.HasPrefix(f.Field, "date.") })
	q.Compare = nil
	measure := s.model.Cube(q.Cube).MeasureNames()[0]
	year := s.one.Run().AsOf[:4]
	before := fmt.Sprint(atoi(year) - 1)
	q.Measures, q.Time = []string{measure + "@py"}, &cube.Time{From: year + "-01-01", To: year + "-01-31"}
	now := s.ask(q)
	q.Measures, q.Time = []string{measure}, &cube.Time{From: before + "-01-01", To: before + "-01-31"}
	then := s.ask(q)
	if now == nil || then == nil {
		return
	}
	renamed := map[string]any{}
	for id, v := range byPlace(now) {
		renamed[strings.Replace(id, measure+"@py ", measure+" ", 1)] = v
	}
	s.same(renamed, byPlace(then))
	s.same(byPlace(then), renamed)
}

func atoi(text string) (n int) {
	fmt.Sscan(text, &n)
	return n
}
