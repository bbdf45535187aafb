package record

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// structField is one tagged field of a host's struct.
type structField struct {
	field   Field
	goName  string
	index   []int // of the struct field, through embedded structs
	pointer bool  // nil says "not known"
	null    bool  // a struct of a value and whether it is valid; not valid says "empty"
}

// structPlans keeps what was read from tags, by struct type.
var structPlans sync.Map // reflect.Type to structPlan

type structPlan struct {
	fields []structField
	err    error
}

func planOf(t reflect.Type) ([]structField, error) {
	if known, ok := structPlans.Load(t); ok {
		p := known.(structPlan)
		return p.fields, p.err
	}
	var p structPlan
	if t.Kind() == reflect.Struct {
		p.fields, p.err = readStruct(t, nil)
	} else {
		p.err = fmt.Errorf("record: %v is no struct", t)
	}
	structPlans.Store(t, p)
	return p.fields, p.err
}

func readStruct(t reflect.Type, index []int) ([]structField, error) {
	var fields []structField
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(index[:len(index):len(index)], i)
		tag, tagged := sf.Tag.Lookup("crm")
		switch {
		case !tagged && sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			inner, err := readStruct(sf.Type, at)
			if err != nil {
				return nil, err
			}
			fields = append(fields, inner...)
			continue
		case !tagged, tag == "-":
			continue
		}
		f, err := readField(sf, tag)
		if err != nil {
			return nil, fmt.Errorf("record: %v.%s, tag crm:%q: %w", t, sf.Name, tag, err)
		}
		f.goName, f.index = t.String()+"."+sf.Name, at
		fields = append(fields, f)
	}
	return fields, nil
}

func readField(sf reflect.StructField, tag string) (structField, error) {
	if !sf.IsExported() {
		return structField{}, fmt.Errorf("the struct field is not exported")
	}
	t, pointer := sf.Type, false
	if t.Kind() == reflect.Pointer {
		t, pointer = t.Elem(), true
	}
	inside, null := insideNull(t)
	if null {
		t = inside
	}
	f, err := defaultField(t)
	if err != nil {
		return structField{}, err
	}
	goType := f.Type
	var options string
	f.Name, options, _ = strings.Cut(tag, ",")
	if f.Name == "" {
		return structField{}, fmt.Errorf("the name is missing before the first comma")
	}
	for options != "" {
		var option string
		if strings.HasPrefix(options, "label=") {
			option, options = options, "" // a label may hold commas
		} else {
			option, options, _ = strings.Cut(options, ",")
		}
		if err := f.setOption(option); err != nil {
			return structField{}, err
		}
	}
	return structField{field: f, pointer: pointer, null: null}, fits(f, goType, t)
}

// insideNull is the Go type of the value in a type of the shape of [database/sql.Null], and whether t has that shape.
func insideNull(t reflect.Type) (reflect.Type, bool) {
	if t.Kind() != reflect.Struct || t.NumField() != 2 {
		return nil, false
	}
	value, valid := t.Field(0), t.Field(1)
	return value.Type, value.IsExported() && valid.Name == "Valid" && valid.Type.Kind() == reflect.Bool
}

var timeType = reflect.TypeFor[time.Time]()

// defaultField is the shape and type that a Go type has without options.
func defaultField(t reflect.Type) (Field, error) {
	switch {
	case t == timeType:
		return Field{Type: Time}, nil
	case t.Kind() == reflect.Bool:
		return Field{Type: Bool}, nil
	case t.Kind() == reflect.String, isInteger(t):
		return Field{Type: Text}, nil
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return Field{Type: Text, Shape: List}, nil
	}
	return Field{}, fmt.Errorf("the Go type %v is not supported; there are string, []string, bool, integers, time.Time, and pointers to them and sql.Null of them", t)
}

func isInteger(t reflect.Type) bool { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 }

var tagTypes = map[string]Type{
	"text": Text, "name": Name, "email": Email, "phone": Phone, "date": Date, "time": Time, "url": URL, "bool": Bool,
	"reference": Reference,
}

func (f *Field) setOption(option string) error {
	name, value, _ := strings.Cut(option, "=")
	var err error
	switch name {
	case "type":
		t, ok := tagTypes[value]
		if !ok {
			return fmt.Errorf("there is no type %q; there are text, name, email, phone, date, time, url, bool, reference", value)
		}
		f.Type = t
	case "shape":
		switch value {
		case "list":
			f.Shape = List
		case "set":
			f.Shape = Set
		default:
			return fmt.Errorf("there is no shape %q; there are list and set", value)
		}
	case "max":
		f.MaxLen, err = positive(option)
	case "count":
		f.MaxCount, err = positive(option)
	case "label":
		f.Label = value
	case "readonly":
		f.ReadOnly = true
	case "nomatch":
		f.NoMatch = true
	case "nameof":
		f.NameOf = value
	default:
		err = fmt.Errorf("there is no option %q; there are type, shape, max, count, readonly, nomatch, nameof, label", name)
	}
	return err
}

func positive(option string) (int, error) {
	name, value, _ := strings.Cut(option, "=")
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s wants a number from 1 up, not %q", name, value)
	}
	return n, nil
}

// fits reports whether the Go type can hold the field.
func fits(f Field, natural Type, t reflect.Type) error {
	slice := t.Kind() == reflect.Slice
	switch {
	case slice && f.Shape == One, !slice && f.Shape != One:
		return fmt.Errorf("only a []string is a list or set, and the Go type is %v", t)
	case !slice && f.MaxCount > 1:
		return fmt.Errorf("count is for lists and sets, and the Go type is %v", t)
	case natural == Time && f.Type != Time && f.Type != Date:
		return fmt.Errorf("a time.Time has type time or date")
	case natural == Bool && f.Type != Bool:
		return fmt.Errorf("a bool has type bool")
	case isInteger(t) && f.Type != Text && f.Type != Reference:
		return fmt.Errorf("an integer has type text or reference")
	}
	return nil
}
