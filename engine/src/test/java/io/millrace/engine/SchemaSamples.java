package io.millrace.engine;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Ten JSON Schemas of all kinds, whose documents are short, and a validator of documents. */
final class SchemaSamples {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  /** By name. */
  static final Map<String, String> ALL = new TreeMap<>();

  static {
    add("scalar", "{'type':['integer','null','boolean'],'minimum':-999,'maximum':999}");
    add("choice", "{'enum':['red','grün',{'rgb':[1,2,3]},null,7]}");
    add(
        "bounds",
        "{'type':'object','properties':{'age':{'type':'integer','minimum':18,'maximum':99},"
            + "'share':{'type':'number','exclusiveMinimum':0,'maximum':1,'multipleOf':0.01}},"
            + "'required':['age','share'],'additionalProperties':false}");
    add(
        "nested",
        "{'type':'object','properties':{'name':{'type':'string','maxLength':8},'at':{'type':"
            + "'object','properties':{'city':{'enum':['Oslo','Köln']},'zip':{'type':'string',"
            + "'pattern':'^[0-9]{5}$'}},'required':['city','zip'],'additionalProperties':false}},"
            + "'required':['name','at'],'additionalProperties':false}");
    add(
        "recursion",
        "{'$defs':{'tree':{'anyOf':[{'type':'integer','minimum':0,'maximum':99},{'type':'array',"
            + "'items':{'$ref':'#/$defs/tree'},'maxItems':3}]}},'type':'object','properties':"
            + "{'tree':{'$ref':'#/$defs/tree'}},'required':['tree'],"
            + "'additionalProperties':false}");
    add(
        "pattern",
        "{'type':'object','properties':{'id':{'type':'string','pattern':'^[A-Z]{2}-[0-9]{3,4}$'},"
            + "'day':{'type':'string','format':'date'}},'required':['id','day'],"
            + "'additionalProperties':false}");
    add(
        "unicode",
        "{'type':'object','properties':{'größe':{'enum':['klein','groß','größer als 😀']},"
            + "'词':{'type':'string','minLength':1,'maxLength':3}},'required':['größe','词'],"
            + "'additionalProperties':false}");
    add(
        "list",
        "{'type':'array','minItems':1,'maxItems':3,'items':{'type':'object','properties':{'ok':"
            + "{'type':'boolean'},'n':{'type':'integer','minimum':-5,'maximum':5}},'required':"
            + "['ok'],'additionalProperties':false}}");
    add(
        "tuple",
        "{'type':'array','prefixItems':[{'const':'point'},{'type':'integer','minimum':-9,'maximum':9},"
            + "{'type':'boolean'}],'items':false,'minItems':3}");
    add(
        "union",
        "{'anyOf':[{'type':'object','properties':{'kind':{'const':'cat'},'lives':{'type':"
            + "'integer','minimum':1,'maximum':9}},'required':['kind','lives'],"
            + "'additionalProperties':false},{'type':'object','properties':{'kind':{'const':'dog'},"
            + "'tricks':{'type':'array','maxItems':2,'items':{'enum':['sit','roll']}}},"
            + "'required':['kind','tricks'],'additionalProperties':false}]}");
  }

  private SchemaSamples() {}

  private static void add(String name, String schema) {
    ALL.put(name, schema.replace('\'', '"'));
  }

  /** What is wrong with a document under the schema of a name; nothing for a valid one. */
  static List<String> faults(String name, String document) {
    try {
      JsonMapper.shared().readTree(document);
    } catch (JacksonException e) {
      return List.of(String.valueOf(e.getOriginalMessage()));
    }
    Schema schema = REGISTRY.getSchema(ALL.get(name));
    return schema.validate(document, InputFormat.JSON).stream().map(Object::toString).toList();
  }
}
