package answer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"verso/olap/engine"
	"verso/reports/page"
)

// State is how far a question is answered.
type State string

// The states of a question.
const (
	Answered State = "answered"
	Nothing  State = "nothing found" // answered: there is none of what is asked for
	Absent   State = "table missing" // a source table was not supplied
	Unscored State = "scores missing"
)

// Answer is a question with what the generation says to it, in one language.
type Answer struct {
	No       int    `json:"no"`
	Chapter  string `json:"chapter"`
	Question string `json:"question"`
	State    State  `json:"state"`
	Answer   string `json:"answer"`
	// Figures are the numbers (json.Number, exact) and dates (ISO) behind the answer.
	Figures map[string]any `json:"figures,omitempty"`
	Page    string         `json:"page,omitempty"`
	Cell    string         `json:"cell,omitempty"`
	Tables  []string       `json:"tables"`            // source tables it rests on
	Missing []string       `json:"missing,omitempty"` // what would answer it

	chapterID string
}

// Has tells whether the data answer the question, be it with "none".
func (a Answer) Has() bool { return a.State == Answered || a.State == Nothing }

// asker reads one generation for the questions.
type asker struct {
	writer
	window   string          // the twelve calendar months that end with the as-of month, as a cube query takes them
	supplied map[string]bool // canonical tables that were supplied
	known    map[string]bool // tables of the generation
	scored   map[string]bool // score tables with a row
}

// Ask answers the questions with the given numbers, all without any, by
// chapter and number.
func Ask(ctx context.Context, c *page.Context, numbers ...int) ([]Answer, error) {
	b, err := load()
	if err != nil {
		return nil, err
	}
	months := page.Months(c.AsOf, 12)
	a := asker{writer: writer{c, b.Words}, window: page.ISO(months[0]) + ".." + page.ISO(c.AsOf), supplied: map[string]bool{}, known: map[string]bool{}, scored: map[string]bool{}}
	for _, l := range c.Loads {
		a.supplied[l.Table] = a.supplied[l.Table] || l.Supplied
	}
	err = engine.Rows(ctx, c.DB, engine.SQL("SELECT table_schema || '.' || table_name FROM information_schema.tables"), func(row []any) error {
		a.known[page.Text(row[0])] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Answer
	for _, h := range b.Chapters {
		for _, q := range b.Questions {
			if q.Chapter != h.ID || len(numbers) > 0 && !slices.Contains(numbers, q.No) {
				continue
			}
			got, err := a.ask(ctx, q)
			if err != nil {
				return nil, fmt.Errorf("question %d: %w", q.No, err)
			}
			got.Chapter, got.chapterID = h.in(c.Lang), h.ID
			out = append(out, got)
		}
	}
	return out, nil
}

// ask answers one question.
func (a asker) ask(ctx context.Context, q Question) (Answer, error) {
	out := Answer{No: q.No, Question: q.Question.in(a.Lang), Page: q.Page, Cell: strings.ReplaceAll(q.Cell, "{window}", a.window), Tables: q.Tables}
	slug, _, _ := strings.Cut(q.Page, "#") // a page without its tables has no sections but one
	if missing := a.missing(q); len(missing) > 0 {
		out.State, out.Missing, out.Page = Absent, missing, slug
		out.Answer = a.T("questions.absent", "n", page.Count(a.Lang, int64(len(missing))), "tables", strings.Join(missing, ", "))
		if q.Absent != (Text{}) {
			out.Answer = q.Absent.in(a.Lang)
		}
		return out, nil
	}
	unscored, err := a.unscored(ctx, q)
	if err != nil {
		return out, err
	}
	if len(unscored) > 0 {
		out.State, out.Missing, out.Page = Unscored, unscored, slug
		out.Answer = a.T("questions.unscored", "n", page.Count(a.Lang, int64(len(unscored))), "tables", strings.Join(unscored, ", "))
		return out, nil
	}
	r, err := a.row(ctx, q.SQL)
	if err != nil {
		return out, err
	}
	out.Figures = r.figures()
	if r.none() {
		out.State, out.Answer = Nothing, a.fill(q.None.in(a.Lang), r)
		return out, nil
	}
	out.State, out.Answer = Answered, a.fill(q.Answer.in(a.Lang), r)
	return out, nil
}

// missing are the source tables that were not supplied; where all were, the
// tables of the star that this generation does not have yet.
func (a asker) missing(q Question) []string {
	var out []string
	for _, t := range q.Tables {
		if !a.supplied[t] {
			out = append(out, t)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, r := range q.relations {
		if !strings.HasPrefix(r, "score.") && !a.known[r] {
			out = append(out, r)
		}
	}
	return out
}

// unscored are the score tables that are not there or have no rows.
func (a asker) unscored(ctx context.Context, q Question) ([]string, error) {
	var out []string
	for _, s := range q.Scores {
		name := "score." + s
		if _, asked := a.scored[name]; !asked && a.known[name] {
			row, err := engine.One(ctx, a.DB, engine.SQL("SELECT count(*) FROM (SELECT 1 AS one FROM score."+engine.QuoteIdent(s)+" LIMIT 1) AS s"))
			if err != nil {
				return nil, err
			}
			a.scored[name] = page.Whole(row[0]) > 0
		}
		if !a.scored[name] {
			out = append(out, name)
		}
	}
	return out, nil
}

// row is the one row of a statement.
func (a asker) row(ctx context.Context, sql string) (row, error) {
	r, err := a.DB.Query(ctx, engine.SQL(sql))
	if err != nil {
		return nil, err
	}
	var out row
	rows := int64(0)
	err = engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		rows += batch.NumRows()
		if batch.NumRows() == 0 || out != nil {
			return nil
		}
		out = row{}
		for i, f := range batch.Schema().Fields() {
			v := engine.Value(batch.Column(i), 0)
			if s, ok := v.(string); ok {
				v = strings.Clone(s)
			}
			out[f.Name] = v
		}
		return nil
	})
	if err == nil && rows != 1 {
		err = fmt.Errorf("the statement gave %d rows, not one", rows)
	}
	return out, err
}
