package access

import (
	"fmt"
	"strings"
)

// sentences are what is said of rules, in a language.
type sentences struct {
	customers, columns, names, tables, minimum string
	and, or, alternatively, is, nothing        string
	between, stop                              string
}

func sentencesIn(lang string) sentences {
	if lang == "zh" {
		return sentences{customers: "仅含您可查看的客户（%s），合计只针对这些客户", columns: "策略保留的列及由其计算的内容未列出", names: "个人姓名以编号代替",
			tables: "部分表未对您开放", minimum: "涉及客户不足 %d 家的内容归入“(未知)”",
			and: "且 ", or: " 或 ", alternatively: "，或 ", is: "%s 为 %s", nothing: "空", between: "；", stop: "。"}
	}
	return sentences{customers: "Only customers you may see: %s; totals are of these", columns: "Columns kept back by the policy and what is computed from them are left out",
		names: "Names of persons are replaced by their numbers", tables: "Some tables are not open to you",
		minimum: "What is about fewer than %d customers stands under (unknown)",
		and:     " and ", or: " or ", alternatively: ", or ", is: "%s is %s", nothing: "nothing", between: ". ", stop: "."}
}

// told says in words what is kept back; "" where nothing is.
func (r Rules) told(lang string) string {
	if r.Whole {
		return ""
	}
	s := sentencesIn(lang)
	var parts []string
	if !r.All {
		parts = append(parts, fmt.Sprintf(s.customers, r.customers(s)))
	}
	if len(r.Hide)+len(r.Mask) > 0 {
		parts = append(parts, s.columns)
	}
	if !r.Names {
		parts = append(parts, s.names)
	}
	if r.Tables != nil {
		parts = append(parts, s.tables)
	}
	if r.Minimum > 0 {
		parts = append(parts, fmt.Sprintf(s.minimum, r.Minimum))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, s.between) + s.stop
}

// customers are the conditions in words.
func (r Rules) customers(s sentences) string {
	var either []string
	for _, where := range r.Any {
		var all []string
		for _, field := range sortedKeys(where) {
			text := s.nothing
			if len(where[field]) > 0 {
				text = strings.Join(where[field], s.or)
			}
			all = append(all, fmt.Sprintf(s.is, field, text))
		}
		either = append(either, strings.Join(all, s.and))
	}
	return strings.Join(either, s.alternatively)
}
