package answer

import (
	"context"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/canon"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
)

func loaded(t *testing.T) *book {
	t.Helper()
	b, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// columns are those that a sentence names, sorted.
func columns(sentence string) []string {
	var out []string
	for _, m := range place.FindAllStringSubmatch(sentence, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var ending = regexp.MustCompile(`_(n|money|pct|points|days|hours|x|date|name|type|word)$`)

func TestQuestionsAreWhole(t *testing.T) {
	b := loaded(t)
	chapters := map[string]bool{}
	for _, h := range b.Chapters {
		if h.EN == "" || h.ZH == "" || chapters[h.ID] {
			t.Errorf("chapter %+v", h)
		}
		chapters[h.ID] = true
	}
	for code, w := range b.Words {
		if w.EN == "" || w.ZH == "" || code != strings.ToLower(code) {
			t.Errorf("word %q: %+v", code, w)
		}
	}
	tables := canonical()
	for _, q := range b.Questions {
		if !chapters[q.Chapter] || q.Question.EN == "" || q.Question.ZH == "" || (q.Page == "") == (q.Cell == "") || len(q.Tables) == 0 {
			t.Errorf("question %d: %+v", q.No, q)
		}
		if q.SQL == "" {
			if q.Absent.EN == "" || q.Absent.ZH == "" {
				t.Errorf("question %d has neither a statement nor a word why", q.No)
			}
			continue
		}
		for _, table := range q.Tables {
			if !tables[table] {
				t.Errorf("question %d: no canonical table %q", q.No, table)
			}
		}
		for what, text := range map[string]Text{"answer": q.Answer, "none": q.None} {
			if text.EN == "" || text.ZH == "" {
				t.Errorf("question %d: no %s", q.No, what)
			}
			if d := cmp.Diff(columns(text.EN), columns(text.ZH)); d != "" {
				t.Errorf("question %d, %s: the languages name different columns (-en +zh):\n%s", q.No, what, d)
			}
			for _, c := range columns(text.EN) {
				if !ending.MatchString(c) {
					t.Errorf("question %d: the name of %s does not say how it is written", q.No, c)
				}
			}
		}
		var scores []string
		for _, r := range q.relations {
			if s, ok := strings.CutPrefix(r, "score."); ok {
				scores = append(scores, s)
			}
		}
		slices.Sort(q.Scores)
		if !slices.Equal(scores, q.Scores) {
			t.Errorf("question %d reads scores %v and says %v", q.No, scores, q.Scores)
		}
	}
}

func canonical() map[string]bool {
	out := map[string]bool{}
	for _, table := range canon.Tables() {
		out[table.Name] = true
	}
	return out
}

func TestFill(t *testing.T) {
	r := row{"found_n": int64(1), "many_n": int64(12345), "sum_money": 1234567.0, "loss_money": -1234.0, "share_pct": 0.1234, "gain_points": -0.02, "short_days": 5.25, "long_days": 41.6,
		"ratio_x": 1.2345, "first_date": time.Date(2025, 7, 9, 0, 0, 0, 0, time.UTC), "bad_x": math.NaN(), "empty_n": nil,
		"who_id": "7", "who_kind": "individual", "who_name": "Secret Name", "org_id": "8", "org_kind": "library", "org_name": "Library {found_n} [x]\n\x1b[31m\u202eabc",
		"class_name": "Law", "class_zh": "法律", "most_type": "library", "why_word": "Budget Cut", "other_word": "rain"}
	words := map[string]Text{"budget cut": {"a budget cut", "预算削减"}}
	db := olaptest.Star(t)
	writers := map[string]writer{"en": {pagetest.Context(t, db, "en"), words}, "zh": {pagetest.Context(t, db, "zh"), words}}
	for _, c := range []struct{ sentence, en, zh string }{
		{"{found_n:line|lines}; {many_n:line|lines}; {found_n?is|are} {many_n?is|are}", "1\u00a0line; 12,345\u00a0lines; is are", "1\u00a0line; 12,345\u00a0lines; is are"},
		{"{sum_money} {loss_money}", "CNY\u00a01.23\u00a0million CNY\u00a0−1.23k", "123\u00a0万元 −1,234\u00a0元"},
		{"{share_pct} {gain_points} {short_days} {long_days} {ratio_x}", "12.3% −2.0 5.2 42 1.23", "12.3% −2.0 5.2 42 1.23"},
		{"{first_date}", "9 July 2025", "2025年7月9日"},
		{"{bad_x} {empty_n} {nowhere_n}", "– – –", "– – –"},
		{"a[; {empty_n} b][; {found_n} c].", "a; 1 c.", "a; 1 c."},
		{"{who_name}", "No. 7", "编号 7"},
		{"{org_name}", "Library {found_n} [x] [31mabc", "Library {found_n} [x] [31mabc"},
		{"{class_name} {most_type} {why_word} {other_word}", "Law Libraries a budget cut rain", "法律 图书馆 预算削减 rain"},
	} {
		for lang, want := range map[string]string{"en": c.en, "zh": c.zh} {
			if got := writers[lang].fill(c.sentence, r); got != want {
				t.Errorf("%s, %s: %q, want %q", lang, c.sentence, got, want)
			}
		}
	}
	if got := clean(strings.Repeat("长", 200)); got != strings.Repeat("长", longest)+"…" {
		t.Errorf("a long name: %q", got)
	}
	want := map[string]any{"found_n": json.Number("1"), "first_date": "2025-07-09", "sum_money": json.Number("1234567")}
	got := r.figures()
	for k, v := range want {
		if got[k] != v {
			t.Errorf("figure %s: %v, want %v", k, got[k], v)
		}
	}
	for _, k := range []string{"who_id", "who_name", "bad_x", "empty_n", "most_type"} {
		if _, ok := got[k]; ok {
			t.Errorf("%s is no figure", k)
		}
	}
}

// ask answers every question over the fixture, changed by statements.
func ask(t *testing.T, lang string, statements ...string) []Answer {
	t.Helper()
	db := olaptest.Star(t)
	pagetest.Exec(t, db, statements...)
	list, err := Ask(context.Background(), pagetest.Context(t, db, lang))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// An empty warehouse answers nothing, and says what it lacks.
func TestNothingSupplied(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		list := ask(t, lang, "DELETE FROM core.fact_order_line", "DELETE FROM core.fact_return", "UPDATE meta.table_load SET supplied = FALSE")
		if len(list) != Count {
			t.Fatalf("%d questions", len(list))
		}
		for _, a := range list {
			if a.State != Absent || len(a.Missing) == 0 || !strings.Contains(a.Answer, a.Missing[0]) && a.No != 29 {
				t.Errorf("question %d: %s, %v: %s", a.No, a.State, a.Missing, a.Answer)
			}
		}
	}
}

// Where every table is said to be supplied, what the generation does not have is
// named, and nothing fails.
func TestEverythingSaidToBeSupplied(t *testing.T) {
	var supply []string
	for name := range canonical() {
		supply = append(supply, "INSERT INTO meta.table_load VALUES ('"+name+"', 'x', TRUE, 1, 1, 0)")
	}
	slices.Sort(supply)
	states := map[State]int{}
	for _, a := range ask(t, "en", supply...) {
		states[a.State]++
		if a.No == 20 && (a.State != Answered || a.Figures["found_n"] == nil) {
			t.Errorf("question 20 rests on orders and the pyramid alone: %+v", a)
		}
		if !a.Has() && len(a.Missing) == 0 {
			t.Errorf("question %d does not say what is missing: %+v", a.No, a)
		}
	}
	if states[Answered] < 1 || states[Absent] < 10 || states[Unscored] < 5 {
		t.Errorf("states: %v", states)
	}
	empty := append(slices.Clone(supply), "DELETE FROM score.pyramid")
	if a := ask(t, "en", empty...); !slices.ContainsFunc(a, func(a Answer) bool {
		return a.No == 20 && a.State == Unscored && slices.Equal(a.Missing, []string{"score.pyramid"})
	}) {
		t.Error("an empty pyramid does not say so")
	}
}

func TestSomeQuestions(t *testing.T) {
	c := pagetest.Context(t, olaptest.Star(t), "en")
	list, err := Ask(context.Background(), c, 24, 3)
	if err != nil || len(list) != 2 || list[0].No != 3 || list[1].No != 24 {
		t.Fatalf("%v, %v", list, err)
	}
	if want := "time " + page.ISO(page.Months(c.AsOf, 12)[0]) + "..2025-06-30"; !strings.HasSuffix(list[0].Cell, want) {
		t.Errorf("cell %q does not end in %q", list[0].Cell, want)
	}
}
