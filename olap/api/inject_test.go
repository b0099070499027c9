package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"verso/olap/api"
)

// injected puts each text in the place of each text of a JSON value, one at a time.
func injected(v any, texts []string) (list []any) {
	switch v := v.(type) {
	case string:
		for _, t := range texts {
			list = append(list, t)
		}
	case []any:
		for i, x := range v {
			for _, y := range injected(x, texts) {
				with := slices.Clone(v)
				with[i] = y
				list = append(list, with)
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			for _, y := range injected(v[key], texts) {
				with := maps.Clone(v)
				with[key] = y
				list = append(list, with)
			}
			for _, t := range texts {
				with := maps.Clone(v)
				with[key+t] = v[key]
				list = append(list, with)
			}
		}
	}
	return list
}

// SQL in any field of any body or address is a value or is refused: it is never
// run, never an error of the server's own, and nobody learns of the server's inside.
func TestSQLInEveryField(t *testing.T) {
	d := open(t, api.Limits{PerPerson: 100})
	before := d.ask("POST query", "sales show net, orders").at(t, "rows")
	texts := []string{"x'; DROP TABLE core.fact_order_line; --", `"; ATTACH '/etc/passwd' AS p; SELECT "`, "1) UNION SELECT * FROM read_text('/etc/passwd') --"}
	query := `{"cube":"sales","rows":["customer.type"],"columns":["date.year"],"measures":["net"],"compare":["py"],"where":[{"field":"customer.type","op":"in","values":["library"]}],
		"having":[{"by":"net","op":">","values":["1"]}],"time":{"from":"2024-01","to":"2024-12"},"top":{"n":3,"field":"customer.type","by":"net"},"sort":[{"by":"net"}]}`
	asked := 0
	check := func(what, body string) {
		asked++
		r := d.ask(what, body)
		refused := slices.Contains([]int{http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusUnprocessableEntity}, r.status)
		if !refused || strings.Contains(r.body, d.dir) || strings.Contains(r.body, "goroutine") || strings.Contains(r.body, "root:") {
			t.Errorf("%s %s\n%d %.300s", what, body, r.status, r.body)
		}
	}
	for door, body := range map[string]string{
		"query": query, "query/check": query, "cost": query,
		"facts":     `{"query":` + query + `,"cell":{"row":["library"],"column":["2024"],"measure":"net"},"limit":5}`,
		"why":       `{"cube":"sales","measure":"net","after":"2024","before":"2023"}`,
		"navigate":  `{"query":` + query + `,"step":"drill_down","to":"customer.name","cell":{"row":["library"]}}`,
		"sql":       `{"sql":"SELECT $a AS a","parameters":{"a":"x"},"format":"csv"}`,
		"sql/check": `{"sql":"SELECT 1"}`,
		"saved":     `{"kind":"question","name":"one","content":` + query + `}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Fatal(err)
		}
		for _, with := range injected(v, texts) {
			text, err := json.Marshal(with)
			if err != nil {
				t.Fatal(err)
			}
			check("POST "+door, string(text))
		}
	}
	for _, text := range texts {
		e := url.QueryEscape(text)
		for _, address := range []string{"cubes/" + url.PathEscape(text), "cubes/sales/members?attribute=" + e, "cubes/sales/members?attribute=customer.type&search=" + e, "cubes/sales/members?attribute=customer.type&where=" + e,
			"query?q=" + e, "query?format=" + e + "&q=sales+show+net", "query?cursor=" + e + "&q=sales+show+net", "query?columns=" + e + "&q=sales+show+net", "query?lang=" + e, "definitions?search=" + e,
			"lineage?column=" + e, "saved/" + url.PathEscape(text), "log?limit=" + e, "log/slow?since=" + e, "log/shapes?limit=" + e} {
			check("GET "+address, "")
		}
	}
	if after := d.ask("POST query", "sales show net, orders").at(t, "rows"); !equalJSON(before, after) || asked < 300 {
		t.Errorf("after %d requests %v is %v", asked, before, after)
	}
}

func equalJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
