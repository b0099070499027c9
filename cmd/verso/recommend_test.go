package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"verso/olap/engine"
)

// listsAreSent prints the lists of a company in every way that a seller may want
// them: on a terminal, as a page and as a workbook, in both languages.
func listsAreSent(t *testing.T, dir string, db engine.Database) {
	t.Helper()
	config := filepath.Join(dir, "verso.yaml")
	one := func(sql string) string {
		row, err := engine.One(t.Context(), db, engine.SQL(sql))
		if err != nil {
			t.Fatal(err)
		}
		return engine.Text(row[0])
	}
	const lists = "FROM score.recommendation AS r INNER JOIN core.dim_customer AS c ON c.customer_key = r.customer_key INNER JOIN core.dim_title AS t ON t.title_key = r.title_key"
	sent := one("SELECT min(c.customer_id) " + lists + " WHERE NOT r.is_holdout AND r.list = 'new' AND r.rank = 20")
	held := one("SELECT min(c.customer_id) " + lists + " WHERE r.is_holdout")
	first := one(fmt.Sprintf("SELECT t.title_id %s WHERE c.customer_id = '%s' AND r.list = 'stock' AND r.rank = 1", lists, sent))

	out, _ := verso(t, exitDone, "recommend", "-c", config, "--customer", sent, "--list", "stock", "--top", "3", "--format", "csv")
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 4 || !strings.HasPrefix(lines[0], "list,rank,title_id,isbn13,title,") || !strings.HasPrefix(lines[1], "stock,1,"+first+",") {
		t.Errorf("the list of customer %s is %s", sent, out)
	}
	out, _ = verso(t, exitDone, "recommend", "-c", config, "--customer", sent, "--lang", "zh", "--format", "html")
	if !strings.Contains(out, "<th>推荐理由</th>") || !strings.Contains(out, "<td>现有图书</td>") || strings.Contains(out, "class=\"held\"") || strings.Contains(out, "http") {
		t.Errorf("the page of customer %s is %s", sent, out)
	}
	out, _ = verso(t, exitDone, "recommend", "-c", config, "--customer", held, "--format", "html")
	if !strings.Contains(out, "must not be sent") {
		t.Errorf("the page of customer %s, held out, does not say so", held)
	}
	book := filepath.Join(t.TempDir(), "selection.xlsx")
	verso(t, exitDone, "recommend", "-c", config, "--customer", sent, "--lang", "en", "--format", "xlsx", "--out", book)
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 41 || !slices.Equal(rows[0], []string{"List", "No.", "Title no.", "ISBN", "Title", "Publisher", "Class", "List price", "Currency", "Why", "Copies"}) || rows[1][2] != first {
		t.Errorf("the workbook of customer %s has %d rows, first %v", sent, len(rows), rows[:2])
	}
	catalogue := one("SELECT arg_max(k.catalogue_id, (m.titles, m.customer_key)) FROM score.mailing AS m INNER JOIN core.dim_catalogue AS k ON k.catalogue_key = m.catalogue_key WHERE m.is_sent")
	out, _ = verso(t, exitDone, "recommend", "-c", config, "--catalogue", catalogue, "--format", "csv")
	if want := one("SELECT count(*) FROM score.mailing AS m INNER JOIN core.dim_catalogue AS k ON k.catalogue_key = m.catalogue_key WHERE m.is_sent AND k.catalogue_id = '" + catalogue + "'"); fmt.Sprint(strings.Count(out, "\n")-1) != want {
		t.Errorf("catalogue %s goes to %d customers, want %s", catalogue, strings.Count(out, "\n")-1, want)
	}
	title := one("SELECT min(t.title_id) FROM score.title_target AS g INNER JOIN core.dim_title AS t ON t.title_key = g.title_key")
	if out, _ = verso(t, exitDone, "recommend", "-c", config, "--title", title, "--top", "5"); !strings.Contains(out, "customer_id") {
		t.Errorf("title %s: %s", title, out)
	}
	for _, wrong := range [][]string{{"--customer", "nobody"}, {"--catalogue", "Z"}, {"--title", "none"}, {}, {"--customer", sent, "--list", "old"}, {"--title", title, "--list", "new"}, {"--customer", sent, "--lang", "fr"}} {
		verso(t, exitUsage, append([]string{"recommend", "-c", config}, wrong...)...)
	}
}
