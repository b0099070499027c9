package job

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWordsfSetsNumbers(t *testing.T) {
	for _, c := range []struct {
		got  Words
		want Words
	}{
		{Wordsf("%d of %d", "%[2]d 中 %[1]d", 999, int64(1234567)), Words{"999 of 1,234,567", "1,234,567 中 999"}},
		{Wordsf("%+.1f %%", "%+.1f %%", -3.44), Words{"−3.4%", "−3.4%"}},
		{Wordsf("%.0f (%s)", "%.0f（%s）", -18507326.2, "2026"), Words{"−18,507,326 (2026)", "−18,507,326（2026）"}},
		{Wordsf("%+.2f", "%+.2f", 1234.5), Words{"+1,234.50", "+1,234.50"}},
		{Wordsf("p = %.2g", "p = %.2g", 0.00001234), Words{"p = 1.2e−05", "p = 1.2e−05"}},
		{Wordsf("%5d", "%5d", 12), Words{"   12", "   12"}},
		{Wordsf("%d", "%d", 100000), Words{"100,000", "100,000"}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Error(d)
		}
	}
}
