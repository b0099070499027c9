package trust

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page/pagetest"
)

// What the shipped checks say has a Chinese wording, with its names kept.
func TestChecksSpeakChinese(t *testing.T) {
	c := pagetest.Context(t, olaptest.Star(t), "zh")
	files, err := filepath.Glob("../../../etl/check/sql/*.sql")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d checks: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			for _, head := range []string{"-- description: ", "-- hint: "} {
				if s, ok := strings.CutPrefix(line, head); ok && c.Said(s) == s {
					t.Errorf("%s: no Chinese for %q", filepath.Base(file), s)
				}
			}
		}
	}
	for english, want := range map[string]string{
		"Rows that repeat a key (order_no, line_no)":                                      "键（order_no, line_no）重复的行",
		"customer_id that customer does not have":                                         "customer 中没有的 customer_id",
		"order_date after the as-of date":                                                 "晚于截止日的 order_date",
		"batch.duty_cny from batch":                                                       "batch.duty_cny（来自 batch）",
		"ordered, in fact_order_line; 9759 cancelled, 0 became returns, 0 were set aside": "订购、在 fact_order_line 中；取消 9759，转为退货 0，搁置 0",
		"Nobody knows where this came from and why":                                       "Nobody knows where this came from and why",
	} {
		if got := c.Said(english); got != want {
			t.Errorf("%s: %s, want %s", english, got, want)
		}
	}
	if en := pagetest.Context(t, olaptest.Star(t), "en"); en.Said("rows") != "rows" {
		t.Error("English is not left as it is")
	}
}
