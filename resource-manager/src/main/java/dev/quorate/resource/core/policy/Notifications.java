package dev.quorate.resource.core.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells a clone's instances what is about to happen to each of them, and what has.
final class Notifications {
  private Notifications() {}

  private static OperationKey key(Task outer, String phase, Task task) {
    return new OperationKey(outer, phase + ":" + task.text, 0);
  }

  static OperationKey confirmedPost(Task task) {
    return key(Task.NOTIFIED, "post", task);
  }

  static void startAndStop(
      Model model, Resource clone, Action start, Action running, Action stop, Action stopped) {
    frame(model, clone, Task.START, start, running);
    frame(model, clone, Task.STOP, stop, stopped);
    Action preStart = find(clone, key(Task.NOTIFY, "pre", Task.START));
    Action doneStop = find(clone, confirmedPost(Task.STOP));
    Model.relate(doneStop, preStart, Relation.ORDERED);
  }

  static void promoteAndDemote(
      Model model, Resource clone, Action promote, Action promoted, Action demote, Action demoted) {
    frame(model, clone, Task.PROMOTE, promote, promoted);
    frame(model, clone, Task.DEMOTE, demote, demoted);
    Action prePromote = find(clone, key(Task.NOTIFY, "pre", Task.PROMOTE));
    Action preStart = find(clone, key(Task.NOTIFY, "pre", Task.START));
    Action preStop = find(clone, key(Task.NOTIFY, "pre", Task.STOP));
    Action doneStart = find(clone, confirmedPost(Task.START));
    Action doneStop = find(clone, confirmedPost(Task.STOP));
    Action doneDemote = find(clone, confirmedPost(Task.DEMOTE));
    Model.relate(doneStart, prePromote, Relation.ORDERED);
    Model.relate(doneStop, prePromote, Relation.ORDERED);
    Model.relate(doneDemote, prePromote, Relation.ORDERED);
    Model.relate(doneDemote, preStart, Relation.ORDERED);
    Model.relate(doneDemote, preStop, Relation.ORDERED);
  }

  private static @Nullable Action find(Resource clone, OperationKey key) {
    for (Action action : clone.actions) {
      if (action.key.equals(key)) {
        return action;
      }
    }
    return null;
  }

  /// The pseudo-actions around what a clone begins and ends.
  private static void frame(Model model, Resource clone, Task task, Action begin, Action end) {
    Action pre = pseudo(model, clone, key(Task.NOTIFY, "pre", task), begin.optional());
    Action preDone = pseudo(model, clone, key(Task.NOTIFIED, "pre", task), begin.optional());
    Model.relate(pre, preDone, Relation.ORDERED);
    Model.relate(preDone, begin, Relation.ORDERED);
    Action post = pseudo(model, clone, key(Task.NOTIFY, "post", task), end.optional());
    post.priority = Scores.INFINITY;
    if (!end.runnable()) {
      post.clear(Action.RUNNABLE);
    }
    Action postDone = pseudo(model, clone, key(Task.NOTIFIED, "post", task), end.optional());
    postDone.priority = Scores.INFINITY;
    if (!end.runnable()) {
      postDone.clear(Action.RUNNABLE);
    }
    Model.relate(end, post, Relation.FIRST_IMPLIES_THEN);
    Model.relate(post, postDone, Relation.FIRST_IMPLIES_THEN);
    Model.relate(preDone, post, Relation.ORDERED);
  }

  private static Action pseudo(Model model, Resource clone, OperationKey key, boolean optional) {
    Action action = model.action(clone, key, null, optional);
    action.set(Action.PSEUDO | Action.RUNNABLE);
    return action;
  }

  /// Tells the others of a stop that a fencing implies. Who is to be told is settled before
  /// anything spreads, so that it includes those that turn out to be stopped as well.
  static void afterFencing(Model model, Resource clone, Resource fenced, Action fence) {
    Action post = pseudo(model, fenced, key(Task.NOTIFY, "post", Task.FENCE), false);
    Action postDone = pseudo(model, fenced, key(Task.NOTIFIED, "post", Task.FENCE), false);
    post.priority = Scores.INFINITY;
    postDone.priority = Scores.INFINITY;
    Model.relate(fence, post, Relation.ORDERED);
    Model.relate(post, postDone, Relation.ORDERED);
    tellOfStop(model, clone, post, postDone);
  }

  private static void tellOfStop(Model model, Resource resource, Action post, Action postDone) {
    resource.children.forEach(c -> tellOfStop(model, c, post, postDone));
    if (!resource.isPrimitive() || resource.role == RoleLevel.STOPPED) {
      return;
    }
    for (Node node : resource.active) {
      if (!(node.unclean && implied(resource, node)) && !does(resource, Task.STOP, node)) {
        notify(model, resource, node, Task.STOP, "post", post, postDone);
      }
    }
  }

  /// The notifications themselves, once it is settled what will happen.
  static void send(Model model) {
    for (Resource resource : List.copyOf(model.resources)) {
      if (resource.isClone() && resource.notify) {
        send(model, resource);
      }
    }
  }

  private static void send(Model model, Resource clone) {
    for (Task task : List.of(Task.STOP, Task.START, Task.DEMOTE, Task.PROMOTE)) {
      Action pre = find(clone, key(Task.NOTIFY, "pre", task));
      Action post = find(clone, key(Task.NOTIFY, "post", task));
      Action preDone = find(clone, key(Task.NOTIFIED, "pre", task));
      Action postDone = find(clone, confirmedPost(task));
      if (pre == null || post == null || preDone == null || postDone == null) {
        continue;
      }
      if (task != Task.STOP && !anyDoes(clone, task)) {
        monitors(clone, postDone);
        continue;
      }
      boolean required = anyDoes(clone, task);
      if (required) {
        for (Action action : List.of(pre, preDone, post, postDone)) {
          action.clear(Action.OPTIONAL);
        }
      }
      for (Resource instance : clone.children) {
        send(model, instance, task, pre, preDone, post, postDone);
      }
      monitors(clone, postDone);
    }
  }

  private static void monitors(Resource resource, Action postDone) {
    if (!resource.isPrimitive()) {
      resource.children.forEach(c -> monitors(c, postDone));
      return;
    }
    if (postDone.optional()) {
      return;
    }
    for (Action action : resource.actions) {
      if (action.key.intervalMillis() > 0
          && action.task() != Task.CANCEL
          && action.expectedCode != 7) {
        Model.relate(postDone, action, Relation.ORDERED);
      }
    }
  }

  /// Whether some instance does it: then all the others must hear of it.
  private static boolean anyDoes(Resource resource, Task task) {
    for (Resource child : resource.children) {
      if (anyDoes(child, task)) {
        return true;
      }
    }
    if (!resource.isPrimitive()) {
      return false;
    }
    for (Action action : resource.actions) {
      Node node = action.node;
      if (action.task() == task
          && action.required()
          && node != null
          && (action.runnable() || (task == Task.STOP && node.unclean))) {
        return true;
      }
    }
    return false;
  }

  private static boolean does(Resource resource, Task task, @Nullable Node node) {
    for (Action action : resource.actions) {
      if (action.task() == task && action.required() && action.node == node) {
        return true;
      }
    }
    return false;
  }

  /// Whether a stop happens by fencing.
  private static boolean implied(Resource instance, Node node) {
    for (Action action : instance.actions) {
      if (action.task() == Task.STOP && action.node == node && action.pseudo()) {
        return true;
      }
    }
    return false;
  }

  private static void send(
      Model model,
      Resource instance,
      Task task,
      Action pre,
      Action preDone,
      Action post,
      Action postDone) {
    if (!instance.isPrimitive()) {
      for (Resource member : instance.children) {
        send(model, member, task, pre, preDone, post, postDone);
      }
      return;
    }
    if (task == Task.STOP || task == Task.DEMOTE) {
      if (instance.role == RoleLevel.STOPPED) {
        return;
      }
      for (Node node : instance.active) {
        if (node.unclean && implied(instance, node)) {
          continue;
        }
        notify(model, instance, node, task, "pre", pre, preDone);
        if (task == Task.DEMOTE || !does(instance, Task.STOP, node)) {
          notify(model, instance, node, task, "post", post, postDone);
        }
      }
      return;
    }
    Node node = instance.assigned;
    if (node == null) {
      return;
    }
    boolean starts = does(instance, Task.START, node);
    if (task == Task.PROMOTE || !starts) {
      notify(model, instance, node, task, "pre", pre, preDone);
    }
    notify(model, instance, node, task, "post", post, postDone);
  }

  private static void notify(
      Model model,
      Resource instance,
      Node node,
      Task task,
      String phase,
      Action begin,
      Action done) {
    if (!begin.runnable() || !node.online) {
      return;
    }
    Action notify =
        model.action(
            instance,
            new OperationKey(Task.NOTIFY, phase + ":" + task.text, 0),
            node,
            begin.optional());
    notify.detail = phase + ":" + task.text;
    if (phase.equals("post")) {
      notify.priority = Scores.INFINITY;
    }
    Model.relate(begin, notify, Relation.ORDERED);
    Model.relate(notify, done, Relation.FIRST_IMPLIES_THEN);
  }
}
