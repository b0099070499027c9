package page

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// saying is a sentence of the refresh in Chinese; {1}, {2} are filled in from
// the English one.
type saying struct {
	english *regexp.Regexp // nil: as the key has it
	chinese string
}

// sayings are the sentences of words/said.zh.yaml: those without gaps by their
// English, the others in the order of the file.
var sayings = sync.OnceValues(func() (map[string]string, []saying) {
	var lines yaml.MapSlice
	data, err := wordFiles.ReadFile("words/said.zh.yaml")
	if err == nil {
		err = yaml.Unmarshal(data, &lines)
	}
	if err != nil {
		panic(fmt.Sprintf("page: words/said.zh.yaml: %v", err)) // a file of the program itself
	}
	whole, gaps := map[string]string{}, []saying(nil)
	gap := regexp.MustCompile(`\\\{\d\\\}`)
	for _, l := range lines {
		en, zh := fmt.Sprint(l.Key), fmt.Sprint(l.Value)
		if !strings.Contains(en, "{1}") {
			whole[en] = zh
			continue
		}
		pattern := regexp.QuoteMeta(en)
		if rest, first := strings.CutPrefix(pattern, `\{1\}`); first { // a name, so that other sentences with this end do not match
			pattern = `(\S+)` + rest
		}
		gaps = append(gaps, saying{regexp.MustCompile("^" + gap.ReplaceAllString(pattern, "(.+?)") + "$"), zh})
	}
	return whole, gaps
})

// Said is a sentence that the refresh or one of its checks left in English, in
// the page's language; as it is where it has no translation.
func (c *Context) Said(english string) string {
	if c.Lang != "zh" {
		return english
	}
	whole, gaps := sayings()
	if zh, known := whole[english]; known {
		return zh
	}
	for _, s := range gaps {
		if m := s.english.FindStringSubmatch(english); m != nil {
			zh := s.chinese
			for i, part := range m[1:] {
				zh = strings.ReplaceAll(zh, fmt.Sprintf("{%d}", i+1), part)
			}
			return zh
		}
	}
	return english
}
