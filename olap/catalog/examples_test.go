package catalog_test

import (
	"strings"
	"testing"
	"time"

	"verso/olap/catalog"
	"verso/olap/compile"
	"verso/olap/cube/text"
)

// Every example is a question that the shipped cubes can answer, and means the
// same when it is written with full names.
func TestExamples(t *testing.T) {
	model, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	asOf := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
	if n := len(catalog.Examples()); n != 15 {
		t.Errorf("%d examples", n)
	}
	for _, e := range catalog.Examples() {
		t.Run(e.Title.EN, func(t *testing.T) {
			if e.Title.EN == "" || e.Title.ZH == "" || strings.Contains(e.Text, "'") {
				t.Errorf("%+v: a title in both languages, and no single quotes, which the shell takes", e)
			}
			q, err := text.ParseWith(model, e.Text, asOf)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := text.Parse(text.Format(q), asOf); err != nil || text.Format(again) != text.Format(q) {
				t.Errorf("written as %s: %v", text.Format(q), err)
			}
			if _, err := compile.Compile(model, q, compile.Options{}); err != nil {
				t.Errorf("%s: %v", e.Text, err)
			}
		})
	}
}
