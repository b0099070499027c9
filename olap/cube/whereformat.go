package cube

import "strings"

// FormatWhere writes filters as ParseWhere reads them. Groups stand in
// brackets, except one "or" that is all there is.
func FormatWhere(filters []Filter) string {
	if len(filters) == 1 && filters[0].Any != nil {
		return formatGroup(filters[0].Any, " or ")
	}
	return formatGroup(filters, " and ")
}

func formatGroup(filters []Filter, join string) string {
	parts := make([]string, len(filters))
	for i, f := range filters {
		switch {
		case f.Any != nil:
			parts[i] = "(" + formatGroup(f.Any, " or ") + ")"
		case f.All != nil:
			parts[i] = "(" + formatGroup(f.All, " and ") + ")"
		default:
			parts[i] = formatFilter(f)
		}
	}
	return strings.Join(parts, join)
}

func formatFilter(f Filter) string {
	values := make([]string, len(f.Values))
	for i, v := range f.Values {
		values[i] = FormatValue(v)
	}
	list := " (" + strings.Join(values, ", ") + ")"
	field := formatField(f.Field)
	switch f.Op {
	case "in", "not_in", "key_in", "not_key_in":
		return field + " " + strings.ReplaceAll(f.Op, "_", " ") + list
	case "under", "not_under", "in_set", "not_in_set":
		if len(values) != 1 {
			return field + " " + strings.ReplaceAll(f.Op, "_", " ") + list
		}
	case "all":
		return field + " is all"
	case "between":
		return field + " between " + strings.Join(values, " and ")
	case "starts", "ends":
		if len(values) == 1 && strings.EqualFold(values[0], "with") {
			values[0] = Quote(values[0])
		}
	case "is_null":
		return field + " is null"
	case "not_null":
		return field + " is not null"
	}
	return field + " " + strings.ReplaceAll(f.Op, "_", " ") + " " + strings.Join(values, " ")
}

func formatField(name string) string {
	if strings.EqualFold(name, "not") || name == "非" || name == None || name == Unknown {
		return Quote(name)
	}
	return FormatValue(name)
}

// FormatValue writes a value of a filter: as it stands, or in quotes where it
// would not be read as one word.
func FormatValue(v string) string {
	if v == None || v == Unknown || v != "" && strings.IndexFunc(v, endsWord) < 0 {
		return v
	}
	return Quote(v)
}
