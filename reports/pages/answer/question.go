package answer

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml"

	"verso/reports/language"
)

//go:embed questions.yaml
var questionFile []byte

//go:embed sql/*.sql
var sqlFiles embed.FS

// Count is how many questions there are; they are numbered from 1.
const Count = 45

// Text is a text in both languages of the report.
type Text struct {
	EN string `yaml:"en"`
	ZH string `yaml:"zh"`
}

// in is the text in a language.
func (t Text) in(lang *language.Language) string { return lang.Either(t.EN, t.ZH) }

// Question is one of the questions that a company asks about its customers.
type Question struct {
	No       int    `yaml:"no"`
	Chapter  string `yaml:"chapter"`
	Question Text   `yaml:"question"`
	// Tables are the canonical source tables without which there is no answer.
	Tables []string `yaml:"tables"`
	// Scores are the tables of schema score that the statement reads.
	Scores []string `yaml:"scores"`
	// Page is where the report says more, such as "loyalty.html#status"; Cell is
	// the cube query that gives the figure. Either may be empty, not both.
	Page string `yaml:"page"`
	Cell string `yaml:"cell"`
	// Answer and None are sentences with {columns} of the statement; None is said
	// where the statement finds nothing.
	Answer Text `yaml:"answer"`
	None   Text `yaml:"none"`
	// Absent is said instead of the usual sentence where a table is missing.
	Absent Text `yaml:"absent"`

	SQL string `yaml:"-"` // one statement with one row; "" for a question that only a table outside the data model answers
	// relations are the tables of core and score that SQL names.
	relations []string
}

// book is what questions.yaml holds.
type book struct {
	Chapters []struct {
		ID   string `yaml:"id"`
		Text `yaml:",inline"`
	} `yaml:"chapters"`
	Words     map[string]Text `yaml:"words"`
	Questions []Question      `yaml:"questions"`
}

// relation finds the tables that a statement reads.
var relation = regexp.MustCompile(`\b(?:core|score|meta)\.[a-z_0-9]+`)

// load reads the questions with their statements, in the order of their numbers.
func load() (*book, error) {
	var b book
	if err := yaml.UnmarshalWithOptions(questionFile, &b, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("questions.yaml: %w", err)
	}
	for i := range b.Questions {
		q := &b.Questions[i]
		if q.No != i+1 {
			return nil, fmt.Errorf("questions.yaml: question %d stands where %d belongs", q.No, i+1)
		}
		if q.Absent != (Text{}) {
			continue
		}
		text, err := sqlFiles.ReadFile(path.Join("sql", fmt.Sprintf("q%02d.sql", q.No)))
		if err != nil {
			return nil, err
		}
		q.SQL = string(text)
		q.relations = relation.FindAllString(q.SQL, -1)
		slices.Sort(q.relations)
		q.relations = slices.Compact(q.relations)
	}
	if len(b.Questions) != Count {
		return nil, fmt.Errorf("questions.yaml: %d questions, not %d", len(b.Questions), Count)
	}
	return &b, nil
}

// Sentences are the texts of the questions in English.
func Sentences() []string {
	b, err := load()
	if err != nil {
		return nil // a file of the program itself, which its own tests read
	}
	var out []string
	for _, h := range b.Chapters {
		out = append(out, h.EN)
	}
	for _, q := range b.Questions {
		for _, t := range []Text{q.Question, q.Answer, q.None, q.Absent} {
			if t.EN != "" {
				out = append(out, t.EN)
			}
		}
	}
	for _, word := range slices.Sorted(maps.Keys(b.Words)) {
		out = append(out, b.Words[word].EN)
	}
	return out
}
